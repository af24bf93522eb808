package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// A [WebHandler] at its path.
final class WebEndpoint implements HttpService {
    private final WebHandler handler;
    private final Front front;
    private final Executor handlers;

    WebEndpoint(WebHandler handler, Front front, Executor handlers) {
        this.handler = handler;
        this.front = front;
        this.handlers = handlers;
    }

    @Override
    public ExchangeType exchangeType(RoutingContext routing) {
        return ExchangeType.UNARY;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        // The body is here.
        context.clearRequestTimeout();
        var refused = front.admit(context, request);
        if (refused != null) {
            return refused;
        }
        CompletableFuture<HttpResponse> answer =
                request.aggregate()
                        .thenApplyAsync(
                                whole -> response(handler.handle(read(context, whole))), handlers);
        return HttpResponse.of(answer);
    }

    private static WebRequest read(ServiceRequestContext context, AggregatedHttpRequest request) {
        var headers = new HashMap<String, String>();
        request.headers().forEach((name, value) -> headers.putIfAbsent(name.toString(), value));
        var query = new HashMap<String, String>();
        context.queryParams().forEach(query::putIfAbsent);
        return new WebRequest(
                request.method().name(),
                context.decodedPath(),
                query,
                headers,
                request.content().array(),
                UnixPeers.of(context),
                context.sslSession());
    }

    private static HttpResponse response(WebReply reply) {
        var headers = ResponseHeaders.builder(HttpStatus.valueOf(reply.status()));
        reply.headers().forEach(headers::add);
        return HttpResponse.of(headers.build(), HttpData.wrap(reply.body()));
    }
}
