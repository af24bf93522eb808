package dev.vmcp.host.access;

import dev.vmcp.core.access.Caller;
import dev.vmcp.core.access.Scope;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import dev.vmcp.platform.rpc.call.Refusal;

/// Plain HTTP for callers who may read.
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
            return inner.handle(request);
        }
        return refused(request, caller);
    }

    private WebReply refused(WebRequest request, Caller caller) {
        var wait = quotas.knock(request.peer());
        if (!wait.isZero()) {
            return WebReply.text(429, "too many requests of unknown callers\n")
                    .with("retry-after", Long.toString(Refusal.seconds(wait)));
        }
        audit.refused(request, caller);
        return WebReply.text(401, "a bearer token with the scope read is needed\n")
                .with("www-authenticate", "Bearer");
    }
}
