package dev.vmcp.platform.rpc.connect;

import com.linecorp.armeria.common.HttpHeaders;
import dev.vmcp.platform.rpc.call.Framing;
import io.grpc.Metadata;
import io.grpc.Status;

/// Connect streams: the end is a last envelope of JSON, flagged 2; HTTP knows no error.
public final class ConnectFraming extends Framing {
    private static final int END = 2;
    public static final Headers HEADERS =
            new Headers("connect-content-encoding", "connect-accept-encoding");

    public ConnectFraming(String contentType) {
        super(contentType, HEADERS);
    }

    @Override
    public End end(Status status, Metadata trailers) {
        return new End(wrap(END, ConnectJson.endOfStream(status, trailers)), HttpHeaders.of());
    }
}
