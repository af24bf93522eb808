package dev.vmcp.platform.rpc.grpc;

import com.linecorp.armeria.common.HttpHeaders;
import dev.vmcp.platform.rpc.call.Framing;
import io.grpc.Metadata;
import io.grpc.Status;

/// gRPC: envelopes, then HTTP trailers.
public final class GrpcFraming extends Framing {
    /// As gRPC-Web has them, too.
    public static final Headers HEADERS = new Headers("grpc-encoding", "grpc-accept-encoding");

    public GrpcFraming(String contentType) {
        super(contentType, HEADERS);
    }

    @Override
    public End end(Status status, Metadata trailers) {
        var headers = HttpHeaders.builder();
        GrpcStatus.write(status, trailers, headers::add);
        return new End(null, headers.build());
    }
}
