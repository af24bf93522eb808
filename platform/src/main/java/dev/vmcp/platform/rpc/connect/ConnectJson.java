package dev.vmcp.platform.rpc.connect;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.vmcp.platform.rpc.call.WireMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The JSON that Connect itself defines: errors and the end of a stream.
public final class ConnectJson {
    static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private ConnectJson() {}

    /// `{"code":…,"message":…,"details":[…]}`, details from the `google.rpc.Status` in the
    /// trailers.
    public static byte[] error(Status status, Metadata trailers) {
        var out = new StringBuilder(128);
        error(out, status, trailers);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// The last message of a stream: error if any, trailers if any.
    static byte[] endOfStream(Status status, Metadata trailers) {
        var out = new StringBuilder(128).append('{');
        if (!status.isOk()) {
            out.append("\"error\":");
            error(out, status, trailers);
        }
        var entries = new LinkedHashMap<String, List<String>>();
        WireMetadata.write(
                without(trailers),
                (name, value) -> entries.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
        if (!entries.isEmpty()) {
            out.append(status.isOk() ? "" : ",").append("\"metadata\":");
            metadata(out, entries);
        }
        return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /// The trailers as far as they are not told otherwise.
    static Metadata without(Metadata trailers) {
        if (!trailers.containsKey(DETAILS)) {
            return trailers;
        }
        var rest = new Metadata();
        rest.merge(trailers);
        rest.removeAll(DETAILS);
        return rest;
    }

    private static void metadata(StringBuilder out, Map<String, List<String>> entries) {
        char before = '{';
        for (var entry : entries.entrySet()) {
            out.append(before);
            string(out, entry.getKey());
            char open = '[';
            out.append(':');
            for (var value : entry.getValue()) {
                out.append(open);
                string(out, value);
                open = ',';
            }
            out.append(']');
            before = ',';
        }
        out.append('}');
    }

    private static void error(StringBuilder out, Status status, Metadata trailers) {
        out.append("{\"code\":\"").append(ConnectCode.name(status.getCode())).append('"');
        var description = status.getDescription();
        if (description != null && !description.isEmpty()) {
            out.append(",\"message\":");
            string(out, description);
        }
        details(out, trailers);
        out.append('}');
    }

    private static void details(StringBuilder out, Metadata trailers) {
        var packed = trailers.get(DETAILS);
        if (packed == null) {
            return;
        }
        com.google.rpc.Status status;
        try {
            status = com.google.rpc.Status.parseFrom(packed);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        if (status.getDetailsCount() == 0) {
            return;
        }
        char before = '[';
        out.append(",\"details\":");
        for (var detail : status.getDetailsList()) {
            var url = detail.getTypeUrl();
            out.append(before).append("{\"type\":");
            string(out, url.substring(url.lastIndexOf('/') + 1));
            out.append(",\"value\":\"")
                    .append(WireMetadata.base64(detail.getValue().toByteArray()))
                    .append("\"}");
            before = ',';
        }
        out.append(']');
    }

    private static void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
