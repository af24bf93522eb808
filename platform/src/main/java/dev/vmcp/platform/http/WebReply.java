package dev.vmcp.platform.http;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The answer to a [WebRequest]. `HEAD` is answered with the head of what `GET` would say.
@SuppressWarnings("ArrayRecordComponent") // a body is sent once and not compared
public record WebReply(int status, Map<String, String> headers, byte[] body) {

    public WebReply {
        headers = Map.copyOf(headers);
    }

    public static WebReply json(int status, String body) {
        return of(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    public static WebReply text(int status, String body) {
        return of(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    public static WebReply of(int status, String contentType, byte[] body) {
        return new WebReply(status, Map.of("content-type", contentType), body);
    }

    /// The same with one header more.
    public WebReply with(String name, String value) {
        var more = new HashMap<>(headers);
        more.put(name, value);
        return new WebReply(status, more, body);
    }
}
