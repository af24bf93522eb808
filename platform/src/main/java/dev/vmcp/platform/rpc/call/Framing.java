package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// How the messages of one enveloped call lie on the wire; one object per call. All have the same
/// envelope: a byte of flags, four bytes of length, the message.
public interface Framing {
    /// The flag of a compressed message.
    int COMPRESSED = 1;

    /// The content type of the answer.
    String contentType();

    /// The header that names the compression of messages, both ways.
    String encodingHeader();

    /// The header that lists what the other side accepts.
    String acceptHeader();

    /// Bytes of the request as they arrived to bytes of envelopes.
    byte[] unwrap(byte[] body);

    /// One envelope, ready to be sent.
    HttpData wrap(int flags, byte[] payload);

    /// The end of an answer.
    End end(Status status, Metadata trailers);

    /// @param last the last bytes of the body, if the status stands there
    /// @param trailers HTTP trailers, empty if the status does not stand there
    record End(@Nullable HttpData last, HttpHeaders trailers) {}

    /// The bytes of an envelope.
    static byte[] envelope(int flags, byte[] payload) {
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
