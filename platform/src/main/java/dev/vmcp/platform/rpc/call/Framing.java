package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// How the messages of one enveloped call lie on the wire; one object per call. All have the same
/// envelope: a byte of flags, four bytes of length, the message.
public abstract class Framing {
    /// The flag of a compressed message.
    static final int COMPRESSED = 1;

    private final String contentType;
    private final Headers headers;

    /// What a protocol calls its headers.
    ///
    /// @param encoding names the compression of messages, both ways
    /// @param accept lists what the other side accepts
    public record Headers(String encoding, String accept) {}

    /// @param last the last bytes of the body, if the status stands there
    /// @param trailers HTTP trailers, empty if the status does not stand there
    public record End(@Nullable HttpData last, HttpHeaders trailers) {}

    /// @param contentType of the answer
    protected Framing(String contentType, Headers headers) {
        this.contentType = contentType;
        this.headers = headers;
    }

    final String contentType() {
        return contentType;
    }

    final Headers headers() {
        return headers;
    }

    /// Bytes of the request as they arrived to bytes of envelopes.
    public byte[] unwrap(byte[] body) {
        return body;
    }

    /// One envelope, ready to be sent.
    public HttpData wrap(int flags, byte[] payload) {
        return HttpData.wrap(envelope(flags, payload));
    }

    /// The end of an answer.
    public abstract End end(Status status, Metadata trailers);

    /// The bytes of an envelope.
    protected static byte[] envelope(int flags, byte[] payload) {
        var out = new byte[5 + payload.length];
        out[0] = (byte) flags;
        out[1] = (byte) (payload.length >>> 24);
        out[2] = (byte) (payload.length >>> 16);
        out[3] = (byte) (payload.length >>> 8);
        out[4] = (byte) payload.length;
        System.arraycopy(payload, 0, out, 5, payload.length);
        return out;
    }
}
