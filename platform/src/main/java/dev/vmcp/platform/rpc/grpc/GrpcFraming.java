package dev.vmcp.platform.rpc.grpc;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import dev.vmcp.platform.rpc.call.Framing;
import io.grpc.Metadata;
import io.grpc.Status;

/// gRPC: envelopes, then HTTP trailers.
public final class GrpcFraming implements Framing {
    private final String contentType;

    public GrpcFraming(String contentType) {
        this.contentType = contentType;
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public String encodingHeader() {
        return "grpc-encoding";
    }

    @Override
    public String acceptHeader() {
        return "grpc-accept-encoding";
    }

    @Override
    public byte[] unwrap(byte[] body) {
        return body;
    }

    @Override
    public HttpData wrap(int flags, byte[] payload) {
        return HttpData.wrap(Framing.envelope(flags, payload));
    }

    @Override
    public End end(Status status, Metadata trailers) {
        var headers = HttpHeaders.builder();
        GrpcStatus.write(status, trailers, headers::add);
        return new End(null, headers.build());
    }
}
