package dev.vmcp.client;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Reads the JSON in which the Connect protocol tells errors.
final class ErrorBody {
    private ErrorBody() {}

    /// The error of a unary response that was not 200. Where the body is no error of the protocol,
    /// the HTTP status says what happened.
    static CallFailed ofUnary(ResponseHead head, byte[] body, Endpoint endpoint) {
        if (head.contentType().equals("application/json")) {
            try {
                if (JsonReader.parse(utf8(body)) instanceof Json.Obj error
                        && !error.text("code").isEmpty()) {
                    return failure(error);
                }
            } catch (MalformedResponse e) {
                return foreign(head, endpoint);
            }
        }
        return foreign(head, endpoint);
    }

    /// What the last message of a stream says; empty when the stream ended well.
    static Optional<CallFailed> ofEndOfStream(byte[] message) throws MalformedResponse {
        if (!(JsonReader.parse(utf8(message)) instanceof Json.Obj end)) {
            throw new MalformedResponse("end of stream is not an object");
        }
        return end.members().get("error") instanceof Json.Obj error
                ? Optional.of(failure(error))
                : Optional.empty();
    }

    private static CallFailed failure(Json.Obj error) {
        var code = Code.parse(error.text("code"));
        var message = error.text("message");
        return new CallFailed(code, message.isEmpty() ? code.wireName() : message, details(error));
    }

    private static List<Detail> details(Json.Obj error) {
        var details = new ArrayList<Detail>();
        if (error.members().get("details") instanceof Json.Arr(var items)) {
            for (var item : items) {
                if (item instanceof Json.Obj detail) {
                    decoded(detail.text("value"))
                            .ifPresent(
                                    value -> details.add(new Detail(detail.text("type"), value)));
                }
            }
        }
        return details;
    }

    private static Optional<ByteString> decoded(String base64) {
        try {
            return Optional.of(ByteString.copyFrom(Base64.getDecoder().decode(base64)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static CallFailed foreign(ResponseHead head, Endpoint endpoint) {
        return new CallFailed(
                Code.ofHttpStatus(head.status()),
                "%s answers HTTP %d without an error of the Connect protocol; is that a vmcp host?"
                        .formatted(endpoint, head.status()));
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
