package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpHeaders;
import io.grpc.Metadata;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// HTTP headers to gRPC metadata and back. Keys that end in `-bin` carry base64, read with or
/// without padding and written without.
public final class WireMetadata {
    /// Of the connection, not of the call.
    private static final Set<String> HOP =
            Set.of(
                    "host",
                    "connection",
                    "content-length",
                    "transfer-encoding",
                    "te",
                    "upgrade",
                    "keep-alive",
                    "http2-settings");

    private static final int CACHED_KEYS = 256;
    private static final Map<String, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

    private WireMetadata() {}

    /// The metadata of a request. Names that gRPC does not allow and values that are not base64
    /// where they must be are left out.
    public static Metadata read(HttpHeaders headers) {
        var metadata = new Metadata();
        headers.forEach((name, value) -> {
            var key = name.toString();
            if (key.charAt(0) == ':' || HOP.contains(key)) {
                return;
            }
            if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                readBinary(metadata, key, value);
            } else if (allowed(key)) {
                metadata.put(key(key), value);
            }
        });
        return metadata;
    }

    private static void readBinary(Metadata metadata, String name, String values) {
        if (!allowed(name) || name.length() == Metadata.BINARY_HEADER_SUFFIX.length()) {
            return;
        }
        var key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        for (var value : values.split(",", -1)) {
            var bytes = decoded(value.strip());
            if (bytes != null) {
                metadata.put(key, bytes);
            }
        }
    }

    private static byte @Nullable [] decoded(String value) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Gives each entry as it stands on the wire, values of one key in order.
    public static void write(Metadata metadata, BiConsumer<String, String> to) {
        for (var name : metadata.keys()) {
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                var key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
                var values = metadata.getAll(key);
                if (values != null) {
                    values.forEach(value -> to.accept(name, base64(value)));
                }
            } else {
                var values = metadata.getAll(key(name));
                if (values != null) {
                    values.forEach(value -> to.accept(name, value));
                }
            }
        }
    }

    public static String base64(byte[] value) {
        return Base64.getEncoder().withoutPadding().encodeToString(value);
    }

    private static Metadata.Key<String> key(String name) {
        var known = KEYS.get(name);
        if (known != null) {
            return known;
        }
        var key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        if (KEYS.size() < CACHED_KEYS) {
            KEYS.put(name, key);
        }
        return key;
    }

    private static boolean allowed(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
