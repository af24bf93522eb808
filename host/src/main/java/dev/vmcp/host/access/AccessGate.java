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
import java.time.Duration;
import java.util.Set;

/// Lets a call pass when its caller may make it and there is room for it, and has changes and
/// refusals written down. Health is for everyone.
public final class AccessGate implements ServerInterceptor {

    private static final String HEALTH = "grpc.health.v1.Health";
    private static final Set<String> OF_ADMINS =
            Set.of("vmcp.host.v1.AccessService", "vmcp.host.v1.LogService");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Access access;
    private final Quotas quotas;
    private final Audit audit;

    public AccessGate(Access access, Quotas quotas, Audit audit) {
        this.access = access;
        this.quotas = quotas;
        this.audit = audit;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var method = call.getMethodDescriptor();
        boolean stream = !method.getType().serverSendsOneMessage();
        if (isHealth(method)) {
            return stream
                    ? entered(call, headers, quotas.enterHealthWatch(), next)
                    : next.startCall(call, headers);
        }
        var info = CallInfo.current().orElseThrow();
        var caller = access.of(info, shown(headers));
        if (caller instanceof Caller.Unknown(var why)) {
            unknown(call, caller, why, quotas.knock(info.peer()));
            return new ServerCall.Listener<>() {};
        }
        var wanted = wanted(method);
        return entered(
                call,
                headers,
                quotas.enter(caller, info.peer(), stream),
                (let, head) -> started(let, head, caller, wanted, next));
    }

    private static <Q, R> ServerCall.Listener<Q> entered(
            ServerCall<Q, R> call,
            Metadata headers,
            Quotas.Verdict verdict,
            ServerCallHandler<Q, R> next) {
        return switch (verdict) {
            case Quotas.Verdict.Entered(var leave) -> Leaving.start(call, headers, leave, next);
            case Quotas.Verdict.Refused(var why, var retry) -> {
                Refusals.overloaded(call, why, retry);
                yield new ServerCall.Listener<>() {};
            }
        };
    }

    private <Q, R> ServerCall.Listener<Q> started(
            ServerCall<Q, R> call,
            Metadata headers,
            Caller caller,
            Scope wanted,
            ServerCallHandler<Q, R> next) {
        if (caller.scope().filter(scope -> scope.covers(wanted)).isPresent()) {
            return wanted == Scope.READ
                    ? next.startCall(call, headers)
                    : audit.follow(call, headers, caller, next);
        }
        var status =
                Status.PERMISSION_DENIED.withDescription(
                        caller.words()
                                + " may not do this (expected: scope "
                                + wanted.word()
                                + ")");
        audit.refused(call, caller, status);
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /// Whoever goes on without saying who they are is not even told so, and not written down.
    private void unknown(ServerCall<?, ?> call, Caller caller, String why, Duration wait) {
        if (!wait.isZero()) {
            Refusals.overloaded(call, "too many calls of unknown callers", wait);
            return;
        }
        var status =
                Status.UNAUTHENTICATED.withDescription(
                        why + " (expected: Authorization: Bearer <token>)");
        audit.refused(call, caller, status);
        Refusals.unknown(call, status);
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
