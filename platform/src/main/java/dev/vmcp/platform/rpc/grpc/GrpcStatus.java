package dev.vmcp.platform.rpc.grpc;

import dev.vmcp.platform.rpc.call.WireMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/// The end of a gRPC call as a list of trailers.
public final class GrpcStatus {

    private GrpcStatus() {}

    public static void write(Status status, Metadata trailers, BiConsumer<String, String> to) {
        to.accept("grpc-status", Integer.toString(status.getCode().value()));
        var description = status.getDescription();
        if (description != null && !description.isEmpty()) {
            to.accept("grpc-message", escape(description));
        }
        WireMetadata.write(trailers, to);
    }

    /// Percent-encodes what is not printable ASCII.
    static String escape(String text) {
        var out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append(String.format("%%%02X", b & 0xff));
            }
        }
        return out.toString();
    }
}
