package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.rpc.call.Refusal;
import dev.vmcp.platform.rpc.call.Rest;
import dev.vmcp.platform.rpc.call.WireMetadata;
import dev.vmcp.platform.rpc.connect.ConnectJson;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers that are no call's: unknown paths, refused requests, faults below the calls.
final class Answers implements ServerErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    static final String TOO_LATE = "the request did not arrive in time";

    static HttpResponse error(int status, String code, String message) {
        return HttpResponse.of(
                ResponseHeaders.of(HttpStatus.valueOf(status), "content-type", "application/json"),
                HttpData.wrap(body(code, message)));
    }

    /// What a call is told, told to a plain request: too late, or too much.
    static HttpResponse refused(Refusal refusal) {
        boolean late = refusal.status().getCode() == Status.Code.DEADLINE_EXCEEDED;
        var headers =
                ResponseHeaders.builder(
                        late ? HttpStatus.REQUEST_TIMEOUT : HttpStatus.TOO_MANY_REQUESTS);
        headers.add("content-type", "application/json");
        WireMetadata.write(refusal.head(), headers::add);
        return HttpResponse.of(
                headers.build(),
                HttpData.wrap(ConnectJson.error(refusal.status(), refusal.trailers())));
    }

    /// A path that nobody serves; Connect and gRPC clients read it as `unimplemented`.
    static HttpResponse notFound(RequestHeaders request) {
        var type = request.get("content-type", "");
        if (type.startsWith("application/grpc") && !type.startsWith("application/grpc-web")) {
            return HttpResponse.of(
                    ResponseHeaders.of(
                            HttpStatus.OK,
                            "content-type",
                            type,
                            "grpc-status",
                            "12",
                            "grpc-message",
                            "no such procedure"));
        }
        if (type.startsWith("application/grpc-web")) {
            return HttpResponse.of(
                    HttpStatus.NOT_FOUND, MediaType.PLAIN_TEXT_UTF_8, "404 not found\n");
        }
        return error(404, "unimplemented", "nothing is served at this path");
    }

    /// Whether a body was refused for its size before it was read.
    static boolean tooLarge(@Nullable Throwable problem) {
        for (var cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof ContentTooLargeException
                    || (cause instanceof HttpStatusException status
                            && status.httpStatus().code() == 413)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a body was given up because it did not arrive.
    static boolean tooLate(@Nullable Throwable problem) {
        return problem != null && Exceptions.peel(problem) instanceof RequestTimeoutException;
    }

    private static byte[] body(String code, String message) {
        var status =
                Status.Code.valueOf(code.toUpperCase(Locale.ROOT))
                        .toStatus()
                        .withDescription(message);
        return ConnectJson.error(status, new Metadata());
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable problem) {
        if (tooLarge(problem)) {
            return error(429, "resource_exhausted", "the request is too large");
        }
        if (tooLate(problem)) {
            Rest.endConnection(context);
            return error(408, "deadline_exceeded", TOO_LATE);
        }
        if (Exceptions.peel(problem) instanceof HttpStatusException known) {
            return HttpResponse.of(known.httpStatus());
        }
        if (!Exceptions.isExpected(problem) && !Exceptions.isStreamCancelling(problem)) {
            LOG.atError()
                    .setCause(problem)
                    .addKeyValue("event", "http-failed")
                    .addKeyValue("path", context.path())
                    .log("a request failed unexpectedly");
        }
        return error(500, "internal", "internal error");
    }

    @Override
    public @Nullable AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        if (status.code() != 413) {
            return null;
        }
        return AggregatedHttpResponse.of(
                ResponseHeaders.of(HttpStatus.valueOf(429), "content-type", "application/json"),
                HttpData.wrap(body("resource_exhausted", "the request is too large")),
                HttpHeaders.of());
    }
}
