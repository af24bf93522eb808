package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.rpc.call.CallInfo;
import dev.vmcp.platform.rpc.call.CallPolicy;
import dev.vmcp.platform.rpc.call.Exchange;
import dev.vmcp.platform.rpc.call.Framing;
import dev.vmcp.platform.rpc.call.Procedure;
import dev.vmcp.platform.rpc.call.RequestIds;
import dev.vmcp.platform.rpc.call.RpcProtocol;
import dev.vmcp.platform.rpc.call.WireMetadata;
import dev.vmcp.platform.rpc.codec.Gzip;
import dev.vmcp.platform.rpc.codec.MessageCodec;
import dev.vmcp.platform.rpc.connect.ConnectFraming;
import dev.vmcp.platform.rpc.connect.ConnectUnary;
import dev.vmcp.platform.rpc.grpc.GrpcFraming;
import dev.vmcp.platform.rpc.grpc.GrpcTimeout;
import io.grpc.Status;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The head of a request, read: an exchange, whether its messages come compressed, and why the call
/// is refused before it begins, if it is.
record Opening<Q, R>(Exchange<Q, R> exchange, boolean compressed, @Nullable Status refusal) {

    static <Q, R> Opening<Q, R> of(
            Procedure<Q, R> procedure,
            CallPolicy policy,
            MessageCodec codec,
            RpcProtocol protocol,
            boolean enveloped,
            @Nullable String getCompression,
            ServiceRequestContext context) {
        long started = System.nanoTime();
        var headers = context.request().headers();
        var names = names(protocol, enveloped);
        var encoding =
                getCompression == null
                        ? headers.get(names.encoding(), Gzip.IDENTITY)
                        : getCompression;
        var accepts = headers.get(names.accept());
        boolean compressed = encoding.equals(Gzip.NAME);
        boolean compress = accepts == null ? compressed : Gzip.acceptedBy(accepts);
        var timeout = timeout(protocol, headers);
        var info =
                new CallInfo(
                        procedure.name(),
                        protocol,
                        headers.method().name(),
                        orEmpty(context.query()),
                        RequestIds.take(headers.get(RequestIds.HEADER)),
                        UnixPeers.of(context),
                        context.sslSession());
        var exchange =
                new Exchange<>(
                        procedure,
                        policy,
                        context,
                        info,
                        WireMetadata.read(headers),
                        codec,
                        timeout.orElse(Exchange.NO_TIMEOUT),
                        compress,
                        started);
        return new Opening<>(
                exchange,
                compressed,
                refusal(policy, protocol, headers, encoding, timeout.isPresent()));
    }

    private static @Nullable Status refusal(
            CallPolicy policy,
            RpcProtocol protocol,
            RequestHeaders headers,
            String encoding,
            boolean timeoutRead) {
        if (policy.open().draining()) {
            return Status.UNAVAILABLE.withDescription("the server is stopping");
        }
        if (!encoding.equals(Gzip.NAME) && !encoding.equals(Gzip.IDENTITY)) {
            return Status.UNIMPLEMENTED.withDescription(
                    "compression: " + shown(encoding) + " (expected: gzip or identity)");
        }
        if (!timeoutRead) {
            var name = timeoutHeader(protocol);
            return Status.INVALID_ARGUMENT.withDescription(
                    name
                            + ": "
                            + shown(headers.get(name, ""))
                            + " (expected: "
                            + (protocol == RpcProtocol.CONNECT
                                    ? "1 to 10 digits"
                                    : "1 to 8 digits and a unit")
                            + ")");
        }
        var version = headers.get("connect-protocol-version");
        if (protocol == RpcProtocol.CONNECT && version != null && !version.equals("1")) {
            return Status.INVALID_ARGUMENT.withDescription(
                    "connect-protocol-version: " + shown(version) + " (expected: 1)");
        }
        return null;
    }

    private static String timeoutHeader(RpcProtocol protocol) {
        return protocol == RpcProtocol.CONNECT ? "connect-timeout-ms" : "grpc-timeout";
    }

    /// Nanoseconds or [Exchange#NO_TIMEOUT]; empty when the header is wrong.
    private static OptionalLong timeout(RpcProtocol protocol, RequestHeaders headers) {
        var text = headers.get(timeoutHeader(protocol));
        if (text == null) {
            return OptionalLong.of(Exchange.NO_TIMEOUT);
        }
        if (protocol != RpcProtocol.CONNECT) {
            return GrpcTimeout.nanos(text);
        }
        if (text.isEmpty() || text.length() > 10) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(text)));
    }

    private static Framing.Headers names(RpcProtocol protocol, boolean enveloped) {
        return switch (protocol) {
            case CONNECT -> enveloped ? ConnectFraming.HEADERS : ConnectUnary.HEADERS;
            case GRPC, GRPC_WEB -> GrpcFraming.HEADERS;
        };
    }

    private static String shown(String value) {
        return value.length() > 40 ? value.substring(0, 40) + "…" : value;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
