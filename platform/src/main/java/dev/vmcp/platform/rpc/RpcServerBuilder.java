package dev.vmcp.platform.rpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.rpc.call.BodyBudget;
import dev.vmcp.platform.rpc.call.CallPolicy;
import dev.vmcp.platform.rpc.call.OpenCalls;
import dev.vmcp.platform.rpc.call.Procedure;
import dev.vmcp.platform.rpc.call.ResponseHead;
import dev.vmcp.platform.rpc.call.RpcObserver;
import dev.vmcp.platform.rpc.codec.JsonCodec;
import dev.vmcp.platform.rpc.codec.MessageCodec;
import dev.vmcp.platform.rpc.codec.ProtoCodec;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Says what an [RpcServer] serves, where and how. Not thread-safe.
public final class RpcServerBuilder {
    private static final Duration TLS_EVERY = Duration.ofSeconds(2);

    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final List<SocketFile> sockets = new ArrayList<>();
    private final List<ServerServiceDefinition> services = new ArrayList<>();
    private final List<ServerInterceptor> interceptors = new ArrayList<>();
    private final Map<String, WebHandler> routes = new LinkedHashMap<>();
    private final Map<String, WebHandler> trees = new LinkedHashMap<>();
    private final Set<String> quick = new HashSet<>();
    private final OpenCalls open = new OpenCalls();
    private RpcObserver observer = call -> {};
    private RequestGate gate = RequestGate.local();
    private @Nullable Supplier<TlsSettings> tls;
    private Duration tlsEvery = TLS_EVERY;
    private ConnectionLimits connections = new ConnectionLimits(10_000, 10_000);
    private int messageLimit = 4 * 1024 * 1024;
    private int routeLimit = Integer.MAX_VALUE;
    private int compressFrom = 1024;
    private long bodyBudget = 64L << 20;
    private Duration bodyTimeout = Duration.ofSeconds(60);
    private Duration idleTimeout = Duration.ofSeconds(60);
    private boolean reflection;

    RpcServerBuilder() {}

    /// Listens on a TCP address; port 0 takes a free one.
    public RpcServerBuilder bind(String host, int port) {
        addresses.add(new InetSocketAddress(host, port));
        return this;
    }

    /// Listens on a unix socket for processes of our own user. The path has 92 bytes at most; its
    /// last directory is made when it is missing, and a socket that a crash left there goes.
    public RpcServerBuilder bindUnix(Path path) {
        return bindUnix(path, OptionalInt.empty());
    }

    /// The same, also for members of a group.
    ///
    /// @param group its number
    public RpcServerBuilder bindUnix(Path path, OptionalInt group) {
        var file = new SocketFile(path, group);
        addresses.add(DomainSocketAddress.of(file.made()));
        sockets.add(file);
        return this;
    }

    public RpcServerBuilder service(BindableService service) {
        return service(service.bindService());
    }

    public RpcServerBuilder service(ServerServiceDefinition service) {
        services.add(service);
        return this;
    }

    /// Handlers of these methods run on network threads: they must be short and never block.
    public RpcServerBuilder onEventLoop(MethodDescriptor<?, ?>... methods) {
        for (var method : methods) {
            quick.add(method.getFullMethodName());
        }
        return this;
    }

    /// Adds an interceptor of all services; the first one added sees a call first.
    public RpcServerBuilder intercept(ServerInterceptor interceptor) {
        interceptors.add(interceptor);
        return this;
    }

    /// Serves reflection, v1 and v1alpha, behind the interceptors like everything else.
    public RpcServerBuilder reflection() {
        reflection = true;
        return this;
    }

    /// Plain HTTP at exactly this path, all methods.
    public RpcServerBuilder route(String path, WebHandler handler) {
        routes.put(path, handler);
        return this;
    }

    /// Plain HTTP at all paths that begin with this prefix, which ends with `/`.
    public RpcServerBuilder routesUnder(String prefix, WebHandler handler) {
        trees.put(prefix, handler);
        return this;
    }

    /// The most bytes of one message from a caller, decompressed; 4 MiB unless told.
    public RpcServerBuilder messageLimit(int bytes) {
        messageLimit = bytes;
        return this;
    }

    /// The most bytes of a request to plain HTTP, whose handlers judge callers only after it was
    /// read; as many as of a message unless told.
    public RpcServerBuilder routeLimit(int bytes) {
        routeLimit = bytes;
        return this;
    }

    /// The most bytes of requests that are held at once, of those that arrive and those that are
    /// handed to handlers; a call beyond it is refused as `resource_exhausted`. No more than half
    /// of it is for the large ones of one address, of one IPv6 network of 64 bits, or of one user
    /// over unix sockets, unless it is for a single one. 64 MiB unless told; less than one message
    /// of the largest size would refuse each of those.
    public RpcServerBuilder bodyBudget(long bytes) {
        bodyBudget = bytes;
        return this;
    }

    /// How long a caller may take to send a request, or one message of a stream; a minute unless
    /// told.
    public RpcServerBuilder bodyTimeout(Duration limit) {
        bodyTimeout = limit;
        return this;
    }

    /// How long a connection may be without a call, and so how long the head of a request may take
    /// to arrive; a minute unless told.
    public RpcServerBuilder idleTimeout(Duration limit) {
        idleTimeout = limit;
        return this;
    }

    /// Answers from this size on are compressed for callers that accept it; 1 KiB unless told.
    public RpcServerBuilder compressFrom(int bytes) {
        compressFrom = bytes;
        return this;
    }

    /// All TCP addresses take TLS only. Unix sockets stay plain.
    public RpcServerBuilder tls(TlsSettings settings) {
        return tls(() -> settings, TLS_EVERY);
    }

    /// The same with settings that are asked for again and again: when they have changed, new
    /// connections get the new ones. What is asked of clients stays as it was at first.
    ///
    /// @param source may throw [java.io.UncheckedIOException]; what was there before stays then
    public RpcServerBuilder tls(Supplier<TlsSettings> source, Duration every) {
        tls = source;
        tlsEvery = every;
        return this;
    }

    /// How many connections there may be at once; 10,000 unless told.
    public RpcServerBuilder connections(ConnectionLimits limits) {
        connections = limits;
        return this;
    }

    /// Which requests of browsers are let in; [RequestGate#local()] unless told.
    public RpcServerBuilder gate(RequestGate requestGate) {
        gate = requestGate;
        return this;
    }

    /// Is told about each call that ended; several are told in order.
    public RpcServerBuilder observer(RpcObserver next) {
        observer = observer.and(next);
        return this;
    }

    public RpcServer build() {
        var threads = Thread.ofVirtual().name("rpc").factory();
        Executor handlers = task -> threads.newThread(task).start();
        var bodies = new BodyBudget(bodyBudget, Connections::caller);
        var policy =
                new CallPolicy(
                        messageLimit, bodyTimeout, compressFrom, observer, open, bodies, handlers);
        var plain = policy.withLimit(Math.min(routeLimit, messageLimit));
        var front = new Front(gate);
        var live = tls == null ? null : new LiveTls(tls, tlsEvery);
        var transport =
                new Transport(
                        List.copyOf(addresses),
                        live,
                        messageLimit,
                        bodyTimeout,
                        idleTimeout,
                        connections);
        var armeria = transport.builder(open);
        addServices(armeria, policy, front);
        routes.forEach((path, handler) ->
                armeria.service(
                        Route.builder().exact(path).build(),
                        new WebEndpoint(handler, plain, front)));
        trees.forEach((prefix, handler) ->
                armeria.serviceUnder(prefix, new WebEndpoint(handler, plain, front)));
        if (!trees.containsKey("/")) {
            armeria.serviceUnder("/", new Nowhere(front));
        }
        return new RpcServer(armeria.build(), policy, List.copyOf(sockets), live);
    }

    private void addServices(ServerBuilder armeria, CallPolicy policy, Front front) {
        var all = new ArrayList<>(services);
        if (reflection) {
            addReflection(all);
        }
        var order = new ArrayList<>(interceptors);
        order.add(ResponseHead.interceptor());
        var procedures = new ArrayList<Procedure<?, ?>>();
        for (var service : all) {
            for (var method : ServerInterceptors.interceptForward(service, order).getMethods()) {
                var name = method.getMethodDescriptor().getFullMethodName();
                procedures.add(Procedure.of(method, quick.contains(name)));
            }
        }
        var types = new HashSet<Descriptor>();
        for (var procedure : procedures) {
            types.add(procedure.request().getDescriptorForType());
            types.add(procedure.response().getDescriptorForType());
        }
        Map<String, MessageCodec> codecs =
                Map.of("proto", new ProtoCodec(), "json", new JsonCodec(types));
        for (var procedure : procedures) {
            armeria.service(
                    Route.builder().exact("/" + procedure.name()).build(),
                    new RpcEndpoint<>(procedure, policy, codecs, front));
        }
    }

    @SuppressWarnings("deprecation") // v1alpha is what older tools ask for
    private static void addReflection(List<ServerServiceDefinition> all) {
        var v1 = ProtoReflectionServiceV1.newInstance().bindService();
        var alpha = io.grpc.protobuf.services.ProtoReflectionService.newInstance().bindService();
        var listed = new ArrayList<>(all);
        listed.add(v1);
        listed.add(alpha);
        var list = new ServiceList(List.copyOf(listed));
        all.add(ServerInterceptors.intercept(v1, list));
        all.add(ServerInterceptors.intercept(alpha, list));
    }
}
