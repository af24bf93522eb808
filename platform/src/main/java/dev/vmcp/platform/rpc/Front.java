package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What every request passes first: the gate, and CORS for the origins that it lists.
final class Front {
    private static final String ALLOWED =
            "content-type, connect-protocol-version, connect-timeout-ms, x-user-agent, x-grpc-web,"
                    + " grpc-timeout, x-request-id, authorization";
    private static final String EXPOSED =
            "*, grpc-status, grpc-message, grpc-status-details-bin, x-request-id";

    private final RequestGate gate;

    Front(RequestGate gate) {
        this.gate = gate;
    }

    /// The answer to a request that goes no further, or null.
    @Nullable HttpResponse admit(ServiceRequestContext context, HttpRequest request) {
        var origin = request.headers().get("origin");
        var refusal = gate.refusal(request.authority(), origin, door(context.remoteAddress()));
        if (refusal.isPresent()) {
            return Answers.error(403, "permission_denied", refusal.get());
        }
        if (origin == null || !gate.crossOrigin(origin)) {
            return null;
        }
        if (request.method() == HttpMethod.OPTIONS
                && request.headers().contains("access-control-request-method")) {
            var headers = ResponseHeaders.builder(204);
            allow(headers, origin);
            headers.add("access-control-allow-methods", "GET, POST");
            headers.add("access-control-allow-headers", ALLOWED);
            headers.add("access-control-max-age", "7200");
            return HttpResponse.of(headers.build());
        }
        context.mutateAdditionalResponseHeaders(headers -> {
            allow(headers, origin);
            headers.add("access-control-expose-headers", EXPOSED);
        });
        return null;
    }

    private static RequestGate.Door door(InetSocketAddress from) {
        if (from instanceof DomainSocketAddress) {
            return RequestGate.Door.UNIX;
        }
        return from.getAddress().isLoopbackAddress()
                ? RequestGate.Door.LOOPBACK
                : RequestGate.Door.NETWORK;
    }

    private static void allow(HttpHeadersBuilder headers, String origin) {
        headers.add("access-control-allow-origin", origin);
        headers.add("vary", "origin");
    }
}
