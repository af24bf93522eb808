package dev.vmcp.platform.rpc.grpcweb;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import dev.vmcp.platform.rpc.call.Framing;
import dev.vmcp.platform.rpc.grpc.GrpcFraming;
import dev.vmcp.platform.rpc.grpc.GrpcStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/// gRPC-Web: the trailers are the last envelope, flagged 0x80. The text form is base64, each
/// envelope by itself.
public final class GrpcWebFraming extends Framing {
    private static final int TRAILERS = 0x80;

    private final boolean text;
    private final Base64Stream incoming = new Base64Stream();

    public GrpcWebFraming(String contentType, boolean text) {
        super(contentType, GrpcFraming.HEADERS);
        this.text = text;
    }

    @Override
    public byte[] unwrap(byte[] body) {
        return text ? incoming.decode(body) : body;
    }

    @Override
    public HttpData wrap(int flags, byte[] payload) {
        var envelope = envelope(flags, payload);
        return HttpData.wrap(text ? Base64.getEncoder().encode(envelope) : envelope);
    }

    @Override
    public End end(Status status, Metadata trailers) {
        var block = new StringBuilder(64);
        GrpcStatus.write(
                status,
                trailers,
                (name, value) ->
                        block.append(name.toLowerCase(Locale.ROOT))
                                .append(": ")
                                .append(value.replaceAll("[\\r\\n]", " "))
                                .append("\r\n"));
        var payload = block.toString().getBytes(StandardCharsets.UTF_8);
        return new End(wrap(TRAILERS, payload), HttpHeaders.of());
    }
}
