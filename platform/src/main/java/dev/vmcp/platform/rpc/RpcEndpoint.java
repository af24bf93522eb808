package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.rpc.call.BodyBudget;
import dev.vmcp.platform.rpc.call.CallPolicy;
import dev.vmcp.platform.rpc.call.Framing;
import dev.vmcp.platform.rpc.call.Procedure;
import dev.vmcp.platform.rpc.call.Rest;
import dev.vmcp.platform.rpc.call.RpcProtocol;
import dev.vmcp.platform.rpc.call.StreamCall;
import dev.vmcp.platform.rpc.codec.BadMessageException;
import dev.vmcp.platform.rpc.codec.Gzip;
import dev.vmcp.platform.rpc.codec.MessageCodec;
import dev.vmcp.platform.rpc.connect.ConnectFraming;
import dev.vmcp.platform.rpc.connect.ConnectGet;
import dev.vmcp.platform.rpc.connect.ConnectUnary;
import dev.vmcp.platform.rpc.grpc.GrpcFraming;
import dev.vmcp.platform.rpc.grpcweb.GrpcWebFraming;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One method at its path: finds protocol and codec, and refuses what is neither.
final class RpcEndpoint<Q, R> implements HttpService {
    private final Procedure<Q, R> procedure;
    private final CallPolicy policy;
    private final Map<String, MessageCodec> codecs;
    private final Front front;

    RpcEndpoint(
            Procedure<Q, R> procedure,
            CallPolicy policy,
            Map<String, MessageCodec> codecs,
            Front front) {
        this.procedure = procedure;
        this.policy = policy;
        this.codecs = codecs;
        this.front = front;
    }

    /// Unary Connect takes the transport's short way for bodies that are small. The transport keeps
    /// them until they are whole and counts them for nobody; over HTTP/1 a connection has one.
    @Override
    public ExchangeType exchangeType(RoutingContext routing) {
        var headers = routing.headers();
        long length = headers.contentLength();
        var kind = ContentKind.of(headers.get("content-type"));
        boolean small =
                procedure.unary()
                        && !routing.sessionProtocol().isMultiplex()
                        && 0 <= length
                        && length <= BodyBudget.SMALL
                        && !headers.contains("content-encoding")
                        && (kind == null || !kind.enveloped());
        return small ? ExchangeType.UNARY : ExchangeType.BIDI_STREAMING;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        var refused = front.admit(context, request);
        if (refused != null) {
            return Rest.before(context, refused);
        }
        if (!context.exchangeType().isRequestStreaming()) {
            // The body is here.
            context.clearRequestTimeout();
        }
        boolean get = procedure.unary() && procedure.method().isSafe();
        if (request.method() == HttpMethod.POST) {
            return post(context, request);
        }
        if (request.method() == HttpMethod.GET && get) {
            context.clearRequestTimeout();
            return get(context);
        }
        return Rest.before(
                context,
                HttpResponse.of(
                        ResponseHeaders.of(
                                HttpStatus.METHOD_NOT_ALLOWED,
                                "allow",
                                get ? "GET, POST" : "POST")));
    }

    private HttpResponse post(ServiceRequestContext context, HttpRequest request) {
        var kind = ContentKind.of(request.headers().get("content-type"));
        if (kind == null
                || (kind.protocol() == RpcProtocol.CONNECT
                        && kind.enveloped() == procedure.unary())) {
            return unsupported(context);
        }
        boolean twoWay = procedure.method().getType() == MethodType.BIDI_STREAMING;
        if (!context.sessionProtocol().isMultiplex()
                && (twoWay || kind.protocol() == RpcProtocol.GRPC)) {
            return Rest.before(
                    context,
                    HttpResponse.of(
                            ResponseHeaders.of(
                                    HttpStatus.HTTP_VERSION_NOT_SUPPORTED, "connection", "close")));
        }
        var codec = codecs.get(kind.codec());
        if (codec == null) {
            return unsupported(context);
        }
        var opening =
                Opening.of(
                        procedure, policy, codec, kind.protocol(), kind.enveloped(), null, context);
        if (!kind.enveloped()) {
            return unary(opening, request);
        }
        var framing = framing(kind);
        var refusal = opening.refusal();
        return refusal == null
                ? StreamCall.serve(opening.exchange(), framing, opening.compressed())
                : StreamCall.refuse(opening.exchange(), framing, refusal);
    }

    private HttpResponse unsupported(ServiceRequestContext context) {
        return Rest.before(
                context,
                HttpResponse.of(
                        ResponseHeaders.of(
                                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                                "accept-post",
                                ContentKind.accepted(procedure.unary()))));
    }

    private static Framing framing(ContentKind kind) {
        return switch (kind.protocol()) {
            case CONNECT -> new ConnectFraming(kind.type());
            case GRPC -> new GrpcFraming(kind.type());
            case GRPC_WEB -> new GrpcWebFraming(kind.type(), kind.text());
        };
    }

    private HttpResponse unary(Opening<Q, R> opening, HttpRequest request) {
        var refusal = opening.refusal();
        if (refusal != null) {
            return ConnectUnary.refuse(opening.exchange(), refusal);
        }
        if (opening.exchange().transport().exchangeType().isRequestStreaming()) {
            return ConnectUnary.receive(opening.exchange(), opening.compressed(), Optional.empty());
        }
        var whole = request.aggregate();
        if (whole.isDone() && !whole.isCompletedExceptionally()) {
            return unary(opening, whole.join());
        }
        return HttpResponse.of(whole.handle((body, problem) -> whole(opening, body, problem)));
    }

    private HttpResponse whole(
            Opening<Q, R> opening,
            @Nullable AggregatedHttpRequest request,
            @Nullable Throwable problem) {
        if (request != null) {
            return unary(opening, request);
        }
        return ConnectUnary.refuse(opening.exchange(), absent(opening, problem));
    }

    /// A small one, and so within the limit of a message where that is not smaller still.
    private HttpResponse unary(Opening<Q, R> opening, AggregatedHttpRequest request) {
        var body = request.content().array();
        return body.length > policy.messageLimit()
                ? ConnectUnary.refuse(
                        opening.exchange(),
                        Status.RESOURCE_EXHAUSTED.withDescription(
                                BadMessageException.tooLarge(policy.messageLimit()).text()))
                : ConnectUnary.serve(opening.exchange(), body);
    }

    /// Why there is no body.
    private Status absent(Opening<Q, R> opening, @Nullable Throwable problem) {
        if (Answers.tooLate(problem)) {
            Rest.endConnection(opening.exchange().transport());
            return Status.DEADLINE_EXCEEDED.withDescription(Answers.TOO_LATE);
        }
        return Status.CANCELLED.withDescription("the body did not arrive");
    }

    private HttpResponse get(ServiceRequestContext context) {
        var query = context.query();
        ConnectGet get;
        byte[] message;
        try {
            get = ConnectGet.parse(query == null ? "" : query);
            message = get.message();
        } catch (BadMessageException e) {
            return Answers.error(400, "invalid_argument", e.text());
        }
        var codec = codecs.get(get.text("encoding").orElse(""));
        if (codec == null) {
            return unsupported(context);
        }
        var compression = get.text("compression").orElse(Gzip.IDENTITY);
        var opening =
                Opening.of(
                        procedure, policy, codec, RpcProtocol.CONNECT, false, compression, context);
        var refusal = opening.refusal();
        if (refusal != null) {
            return ConnectUnary.refuse(opening.exchange(), refusal);
        }
        return opening.compressed()
                ? ConnectUnary.receive(opening.exchange(), true, Optional.of(message))
                : ConnectUnary.serve(opening.exchange(), message);
    }
}
