package dev.vmcp.platform.rpc.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import dev.vmcp.platform.rpc.call.Framing;
import io.grpc.Metadata;
import io.grpc.Status;

/// Connect streams: the end is a last envelope of JSON, flagged 2; HTTP knows no error.
public final class ConnectFraming implements Framing {
    private static final int END = 2;
    private final String contentType;

    public ConnectFraming(String contentType) {
        this.contentType = contentType;
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public String encodingHeader() {
        return "connect-content-encoding";
    }

    @Override
    public String acceptHeader() {
        return "connect-accept-encoding";
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
        return new End(wrap(END, ConnectJson.endOfStream(status, trailers)), HttpHeaders.of());
    }
}
