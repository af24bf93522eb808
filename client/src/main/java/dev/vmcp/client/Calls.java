package dev.vmcp.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLException;

/// Speaks the Connect protocol, binary codec, over the connections of one dialer.
final class Calls {
    private static final int MOST_RESPONSE = 64 * 1024 * 1024;
    private static final int MOST_ERROR = 1024 * 1024;
    private static final Duration TO_CONNECT = Duration.ofSeconds(10);
    private static final long LONGEST_TIMEOUT_MILLIS = 9_999_999_999L;

    private final Dialer dialer;
    private final String token;

    /// @param token sent as `Authorization: Bearer`; empty = none
    Calls(Dialer dialer, String token) {
        this.dialer = dialer;
        this.token = token;
    }

    /// @param limit zero = no deadline
    <R> R unary(Method<R> method, MessageLite request, Duration limit) {
        var deadline = limit.isZero() ? Deadline.NONE : Deadline.in(limit);
        var headers = headers("application/proto");
        if (!limit.isZero()) {
            var millis = Math.clamp(limit.toMillis(), 1, LONGEST_TIMEOUT_MILLIS);
            headers.put("connect-timeout-ms", Long.toString(millis));
        }
        var opened = open(method, headers, request.toByteArray(), deadline);
        try {
            var answer = opened.answer();
            var good = isAnswer(answer.head(), "application/proto");
            var body = answer.body().all(good ? MOST_RESPONSE : MOST_ERROR, deadline);
            release(opened);
            if (!good) {
                throw ErrorBody.ofUnary(answer.head(), body, dialer.endpoint());
            }
            return method.response().parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new CallFailed(Code.INTERNAL, "the host's answer cannot be read", e);
        } catch (IOException e) {
            opened.connection().close();
            throw failure(e);
        }
    }

    /// Starts a call that is answered by a stream. Only the way to the host has a limit.
    <R> ServerStream<R> stream(Method<R> method, MessageLite request) {
        var message = request.toByteArray();
        var envelope = ByteBuffer.allocate(5 + message.length);
        envelope.put((byte) 0).putInt(message.length).put(message);
        var opened =
                open(method, headers("application/connect+proto"), envelope.array(), Deadline.NONE);
        try {
            var answer = opened.answer();
            if (!isAnswer(answer.head(), "application/connect+proto")) {
                var body = answer.body().all(MOST_ERROR, Deadline.in(TO_CONNECT));
                opened.connection().close();
                throw ErrorBody.ofUnary(answer.head(), body, dialer.endpoint());
            }
        } catch (IOException e) {
            opened.connection().close();
            throw failure(e);
        }
        return new ServerStream<>(opened, method.response(), this);
    }

    private boolean isAnswer(ResponseHead head, String type) throws IOException {
        if (head.status() != 200) {
            return false;
        }
        if (!head.contentType().equals(type)) {
            throw new MalformedResponse(
                    "content-type: " + head.header("content-type") + " (expected: " + type + ")");
        }
        return true;
    }

    private Opened open(
            Method<?> method, Map<String, String> headers, byte[] body, Deadline deadline) {
        try {
            var connection = dialer.take(toConnect(deadline));
            try {
                return post(connection, method, headers, body, deadline);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                if (!connection.used() || !method.safe()) {
                    throw e;
                }
            }
            return post(dialer.fresh(toConnect(deadline)), method, headers, body, deadline);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static Opened post(
            Connection connection,
            Method<?> method,
            Map<String, String> headers,
            byte[] body,
            Deadline deadline)
            throws IOException {
        try {
            return new Opened(connection, connection.post(method.path(), headers, body, deadline));
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    record Opened(Connection connection, Connection.Answer answer) {}

    /// Keeps the connection for the next call if the last one left it clean, else closes it.
    void release(Opened opened) {
        var answer = opened.answer();
        if (answer.head().keepsAlive() && answer.body().leavesConnectionClean()) {
            dialer.keep(opened.connection());
        } else {
            opened.connection().close();
        }
    }

    private static Deadline toConnect(Deadline deadline) {
        var own = Deadline.in(TO_CONNECT);
        return deadline.bounded() && deadline.nanoTime() - own.nanoTime() < 0 ? deadline : own;
    }

    private Map<String, String> headers(String type) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", type);
        headers.put("connect-protocol-version", "1");
        headers.put("user-agent", "vmcp-client");
        if (!token.isEmpty()) {
            headers.put("authorization", "Bearer " + token);
        }
        return headers;
    }

    /// What a failure of the connection means to the caller.
    CallFailed failure(IOException e) {
        var at = dialer.endpoint();
        return switch (e) {
            case SocketTimeoutException _ ->
                    new CallFailed(
                            Code.DEADLINE_EXCEEDED, at + " did not answer within the deadline", e);
            case MalformedResponse _ ->
                    new CallFailed(
                            Code.UNKNOWN,
                            at + " does not answer as a vmcp host does: " + e.getMessage(),
                            e);
            case SSLException _ ->
                    new CallFailed(Code.UNAVAILABLE, "TLS with " + at + ": " + e.getMessage(), e);
            case ClosedByInterruptException _ -> new CallFailed(Code.CANCELED, "interrupted", e);
            case ConnectException _ -> nobody(e);
            case NoSuchFileException _ -> nobody(e);
            case UnknownHostException _ ->
                    new CallFailed(Code.UNAVAILABLE, at + ": no such host name", e);
            default -> unixOrBroken(e);
        };
    }

    private CallFailed unixOrBroken(IOException e) {
        var at = dialer.endpoint();
        var message = e.getMessage() == null ? "connection lost" : e.getMessage();
        if (message.contains("No such file") || message.contains("Connection refused")) {
            return nobody(e);
        }
        return new CallFailed(Code.UNAVAILABLE, at + ": " + message, e);
    }

    private CallFailed nobody(IOException e) {
        return new CallFailed(
                Code.UNAVAILABLE,
                "nothing answers at " + dialer.endpoint() + "; start one with: vmcp host",
                e);
    }
}
