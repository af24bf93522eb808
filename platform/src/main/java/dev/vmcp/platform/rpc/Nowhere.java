package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.rpc.call.Rest;

/// All paths that nothing is served at.
final class Nowhere implements HttpService {
    private final Front front;

    Nowhere(Front front) {
        this.front = front;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        var refused = front.admit(context, request);
        return Rest.before(
                context, refused == null ? Answers.notFound(request.headers()) : refused);
    }
}
