package dev.vmcp.host.access;

import dev.vmcp.core.access.Caller;
import dev.vmcp.core.access.Scope;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import dev.vmcp.platform.rpc.call.Refusal;
import java.time.Duration;

/// Plain HTTP for callers who may read, as often as they may call.
public final class Guarded implements WebHandler {

    private final Access access;
    private final Quotas quotas;
    private final Audit audit;
    private final WebHandler inner;

    public Guarded(Access access, Quotas quotas, Audit audit, WebHandler inner) {
        this.access = access;
        this.quotas = quotas;
        this.audit = audit;
        this.inner = inner;
    }

    @Override
    public WebReply handle(WebRequest request) {
        var shown = request.header("authorization").orElse("");
        var caller = access.of(request.peer(), request.tls(), shown);
        if (caller.scope().filter(scope -> scope.covers(Scope.READ)).isPresent()) {
            return entered(request, quotas.enter(caller, request.peer(), false));
        }
        return refused(request, caller);
    }

    private WebReply entered(WebRequest request, Quotas.Verdict verdict) {
        return switch (verdict) {
            case Quotas.Verdict.Entered(var leave) -> {
                try {
                    yield inner.handle(request);
                } finally {
                    leave.run();
                }
            }
            case Quotas.Verdict.Refused(var why, var retry) -> overloaded(why, retry);
        };
    }

    private static WebReply overloaded(String why, Duration retry) {
        return WebReply.text(429, why + "\n")
                .with("retry-after", Long.toString(Refusal.seconds(retry)));
    }

    private WebReply refused(WebRequest request, Caller caller) {
        var wait = quotas.knock(request.peer());
        if (!wait.isZero()) {
            return overloaded("too many requests of unknown callers", wait);
        }
        audit.refused(request, caller);
        return WebReply.text(401, "a bearer token with the scope read is needed\n")
                .with("www-authenticate", "Bearer");
    }
}
