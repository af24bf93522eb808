package dev.vmcp.host.access;

import dev.vmcp.core.access.Caller;
import dev.vmcp.core.access.Scope;
import dev.vmcp.platform.rpc.call.CallInfo;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;

/// Lets a call pass when its caller may make it, and has changes and refusals written down. Health
/// is for everyone.
public final class AccessGate implements ServerInterceptor {

    private static final String HEALTH = "grpc.health.v1.Health";
    private static final Set<String> OF_ADMINS =
            Set.of("vmcp.host.v1.AccessService", "vmcp.host.v1.LogService");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CHALLENGE =
            Metadata.Key.of("www-authenticate", Metadata.ASCII_STRING_MARSHALLER);

    private final Access access;
    private final Audit audit;

    public AccessGate(Access access, Audit audit) {
        this.access = access;
        this.audit = audit;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var method = call.getMethodDescriptor();
        if (isHealth(method)) {
            return next.startCall(call, headers);
        }
        var caller = access.of(CallInfo.current().orElseThrow(), shown(headers));
        var wanted = wanted(method);
        if (caller.scope().filter(scope -> scope.covers(wanted)).isPresent()) {
            return wanted == Scope.READ
                    ? next.startCall(call, headers)
                    : audit.follow(call, headers, caller, next);
        }
        refuse(call, caller, wanted);
        return new ServerCall.Listener<>() {};
    }

    private void refuse(ServerCall<?, ?> call, Caller caller, Scope wanted) {
        var trailers = new Metadata();
        Status status;
        if (caller instanceof Caller.Unknown(var why)) {
            trailers.put(CHALLENGE, "Bearer");
            status =
                    Status.UNAUTHENTICATED.withDescription(
                            why + " (expected: Authorization: Bearer <token>)");
        } else {
            var needed = " may not do this (expected: scope " + wanted.word() + ")";
            status = Status.PERMISSION_DENIED.withDescription(caller.words() + needed);
        }
        audit.refused(call, caller, status);
        call.close(status, trailers);
    }

    private static boolean isHealth(MethodDescriptor<?, ?> method) {
        return HEALTH.equals(method.getServiceName());
    }

    /// The `authorization` header; empty where there is none.
    private static String shown(Metadata headers) {
        var shown = headers.get(AUTHORIZATION);
        return shown == null ? "" : shown;
    }

    /// What a method changes shows in its declaration.
    private static Scope wanted(MethodDescriptor<?, ?> method) {
        var service = String.valueOf(method.getServiceName());
        if (OF_ADMINS.contains(service)) {
            return Scope.ADMIN;
        }
        return method.isSafe() || service.startsWith("grpc.reflection.")
                ? Scope.READ
                : Scope.OPERATE;
    }
}
