package dev.vmcp.platform.rpc.connect;

import dev.vmcp.platform.rpc.codec.BadMessageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The query of a Connect GET. Parameters come in any order, unknown ones are ignored.
public final class ConnectGet {
    private final Map<String, byte[]> parameters = new HashMap<>();

    private ConnectGet() {}

    /// Reads a raw query, as it stands after the `?`.
    public static ConnectGet parse(String query) throws BadMessageException {
        var get = new ConnectGet();
        for (var pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            var name = equals < 0 ? pair : pair.substring(0, equals);
            var value = equals < 0 ? "" : pair.substring(equals + 1);
            get.parameters.putIfAbsent(
                    new String(decode(name), StandardCharsets.UTF_8), decode(value));
        }
        var version = get.text("connect");
        if (version.isPresent() && !version.get().equals("v1")) {
            throw BadMessageException.malformed(
                    "parameter connect: " + version.get() + " (expected: v1)");
        }
        return get;
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(parameters.get(name))
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }

    /// The message, still compressed if it was.
    public byte[] message() throws BadMessageException {
        var message = parameters.get("message");
        if (message == null) {
            throw BadMessageException.malformed("parameter message: missing");
        }
        if (!text("base64").orElse("").equals("1")) {
            return message;
        }
        try {
            var text = new String(message, StandardCharsets.ISO_8859_1);
            return Base64.getUrlDecoder()
                    .decode(text.replace('+', '-').replace('/', '_').replace(' ', '-'));
        } catch (IllegalArgumentException e) {
            throw BadMessageException.malformed("parameter message: not base64");
        }
    }

    private static byte[] decode(String text) throws BadMessageException {
        var out = new ByteArrayOutputStream(text.length());
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%') {
                int high = i + 2 <= bytes.length - 1 ? Character.digit(bytes[i + 1], 16) : -1;
                int low = i + 2 <= bytes.length - 1 ? Character.digit(bytes[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw BadMessageException.malformed("query: % without two digits");
                }
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(bytes[i] == '+' ? ' ' : bytes[i]);
            }
        }
        return out.toByteArray();
    }
}
