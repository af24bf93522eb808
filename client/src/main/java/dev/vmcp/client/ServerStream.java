package dev.vmcp.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/// The messages that one call is answered with. One thread reads; any thread may [#close], which
/// ends a [#next] under way as if the stream had ended.
public final class ServerStream<R> implements AutoCloseable {
    private static final int MOST_MESSAGE = 16 * 1024 * 1024;
    private static final int COMPRESSED = 0x01;
    private static final int END = 0x02;

    private final Calls.Opened opened;
    private final Parser<R> parser;
    private final Calls calls;
    private volatile boolean closed;
    private boolean ended;

    ServerStream(Calls.Opened opened, Parser<R> parser, Calls calls) {
        this.opened = opened;
        this.parser = parser;
        this.calls = calls;
    }

    /// Waits for the next message; empty once the host has ended the stream or it was closed.
    ///
    /// @throws CallFailed when the host ends it with an error, or the connection breaks
    public Optional<R> next() {
        if (ended || closed) {
            return Optional.empty();
        }
        try {
            return read();
        } catch (InvalidProtocolBufferException e) {
            close();
            throw new CallFailed(Code.INTERNAL, "the host's message cannot be read", e);
        } catch (IOException e) {
            if (closed) {
                return Optional.empty();
            }
            close();
            throw calls.failure(e);
        }
    }

    private Optional<R> read() throws IOException {
        var prefix = exactly(5);
        var flags = prefix[0];
        var length =
                (prefix[1] & 0xff) << 24
                        | (prefix[2] & 0xff) << 16
                        | (prefix[3] & 0xff) << 8
                        | (prefix[4] & 0xff);
        if (length < 0 || length > MOST_MESSAGE) {
            throw new MalformedResponse("a message of more than " + MOST_MESSAGE + " bytes");
        }
        if ((flags & COMPRESSED) != 0) {
            throw new MalformedResponse("a compressed message, which nobody asked for");
        }
        var message = exactly(length);
        if ((flags & END) == 0) {
            return Optional.of(parser.parseFrom(message));
        }
        ended = true;
        opened.answer().body().all(0, Deadline.NONE);
        calls.release(opened);
        var error = ErrorBody.ofEndOfStream(message);
        if (error.isPresent()) {
            throw error.get();
        }
        return Optional.empty();
    }

    private byte[] exactly(int length) throws IOException {
        var bytes = new byte[length];
        for (var at = 0; at < length; ) {
            var n = opened.answer().body().read(bytes, at, length - at, Deadline.NONE);
            if (n < 0) {
                throw new EOFException("the stream broke off");
            }
            at += n;
        }
        return bytes;
    }

    @Override
    public void close() {
        if (!closed && !ended) {
            closed = true;
            opened.connection().close();
        }
    }
}
