package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import dev.vmcp.platform.rpc.call.CallPolicy;
import dev.vmcp.platform.rpc.call.Refusal;
import dev.vmcp.platform.rpc.call.Rest;
import dev.vmcp.platform.rpc.call.WholeBody;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;

/// A [WebHandler] at its path.
final class WebEndpoint implements HttpService {
    private final WebHandler handler;
    private final CallPolicy policy;
    private final Front front;

    WebEndpoint(WebHandler handler, CallPolicy policy, Front front) {
        this.handler = handler;
        this.policy = policy;
        this.front = front;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        var refused = front.admit(context, request);
        if (refused != null) {
            return Rest.before(context, refused);
        }
        var visit = new Visit(context);
        visit.body.admit();
        visit.body.read();
        return HttpResponse.of(visit.answer);
    }

    /// One request, whose body is read and then handled.
    private final class Visit implements WholeBody.Receiver {
        private final ServiceRequestContext context;
        private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        private final WholeBody body;

        Visit(ServiceRequestContext context) {
            this.context = context;
            this.body = new WholeBody(context, UnixPeers.of(context), policy, this);
        }

        @Override
        public void whole(byte[] content) {
            policy.handlers()
                    .execute(() -> {
                        try {
                            answer.complete(response(handler.handle(request(content))));
                        } catch (RuntimeException e) {
                            answer.completeExceptionally(e);
                        } finally {
                            body.finished();
                        }
                    });
        }

        @Override
        public void refused(Refusal refusal) {
            var refused = Answers.refused(refusal);
            body.answer(() -> answer.complete(refused));
        }

        private WebRequest request(byte[] content) {
            var request = context.request();
            var headers = new HashMap<String, String>();
            request.headers().forEach((name, value) -> headers.putIfAbsent(name.toString(), value));
            var query = new HashMap<String, String>();
            context.queryParams().forEach(query::putIfAbsent);
            return new WebRequest(
                    request.method().name(),
                    context.decodedPath(),
                    query,
                    headers,
                    content,
                    UnixPeers.of(context),
                    context.sslSession());
        }
    }

    private static HttpResponse response(WebReply reply) {
        var headers = ResponseHeaders.builder(HttpStatus.valueOf(reply.status()));
        reply.headers().forEach(headers::add);
        return HttpResponse.of(headers.build(), HttpData.wrap(reply.body()));
    }
}
