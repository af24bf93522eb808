package dev.vmcp.verify.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// A way to put a request on the wire, and to find the code in what comes back.
enum Protocol {
    CONNECT_JSON("application/json", "application/connect+json"),
    CONNECT_PROTO("application/proto", "application/connect+proto"),
    GRPC("application/grpc+proto", "application/grpc+proto"),
    GRPC_WEB("application/grpc-web+proto", "application/grpc-web+proto");

    private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z_]+)\"");
    private static final Pattern STATUS = Pattern.compile("grpc-status: ?([0-9]+)");
    private static final int HEAD = 5;

    private final String unary;
    private final String stream;

    Protocol(String unary, String stream) {
        this.unary = unary;
        this.stream = stream;
    }

    String type(boolean streaming) {
        return streaming ? stream : unary;
    }

    boolean isConnect() {
        return this == CONNECT_JSON || this == CONNECT_PROTO;
    }

    byte[] message(Message request) {
        if (this != CONNECT_JSON) {
            return request.toByteArray();
        }
        try {
            return JsonFormat.printer().print(request).getBytes(StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("sample: " + e + " (expected: JSON of it)", e);
        }
    }

    /// The message as it goes into the body.
    byte[] body(byte[] message, boolean streaming) {
        if (isConnect() && !streaming) {
            return message;
        }
        return ByteBuffer.allocate(HEAD + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    /// The code of an error, as the protocol has it; empty when there is none.
    String code(AggregatedHttpResponse response) {
        var body = response.contentUtf8();
        return switch (this) {
            case CONNECT_JSON, CONNECT_PROTO -> found(CODE, body);
            case GRPC ->
                    response.trailers()
                            .get("grpc-status", response.headers().get("grpc-status", ""));
            case GRPC_WEB -> response.headers().get("grpc-status", found(STATUS, body));
        };
    }

    private static String found(Pattern pattern, String text) {
        var match = pattern.matcher(text);
        return match.find() ? match.group(1) : "";
    }
}
