package dev.vmcp.host.access;

import dev.vmcp.core.access.Scope;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;

/// Plain HTTP for callers who may read.
public final class Guarded implements WebHandler {

    private final Access access;
    private final WebHandler inner;

    public Guarded(Access access, WebHandler inner) {
        this.access = access;
        this.inner = inner;
    }

    @Override
    public WebReply handle(WebRequest request) {
        var shown = request.header("authorization").orElse("");
        var caller = access.of(request.peer(), request.tls(), shown);
        return caller.scope().filter(scope -> scope.covers(Scope.READ)).isPresent()
                ? inner.handle(request)
                : WebReply.text(401, "a bearer token with the scope read is needed\n")
                        .with("www-authenticate", "Bearer");
    }
}
