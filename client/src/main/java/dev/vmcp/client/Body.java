package dev.vmcp.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;

/// The body of one response, whichever way its length is told.
final class Body {
    private static final int LONGEST_CHUNK_LINE = 1024;

    private enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final WireReader in;
    private final Framing framing;
    private long left;
    private boolean firstChunk = true;
    private boolean ended;

    private Body(WireReader in, Framing framing, long left) {
        this.in = in;
        this.framing = framing;
        this.left = left;
        this.ended = framing == Framing.LENGTH && left == 0;
    }

    static Body of(ResponseHead head, WireReader in) throws IOException {
        var transfer = head.header("transfer-encoding").toLowerCase(Locale.ROOT);
        if (transfer.equals("chunked")) {
            return new Body(in, Framing.CHUNKED, 0);
        }
        if (!transfer.isEmpty()) {
            throw new MalformedResponse("transfer-encoding: " + transfer + " (expected: chunked)");
        }
        if (head.status() == 204 || head.status() == 304) {
            return new Body(in, Framing.LENGTH, 0);
        }
        var length = head.header("content-length");
        return length.isEmpty()
                ? new Body(in, Framing.UNTIL_CLOSE, Long.MAX_VALUE)
                : new Body(in, Framing.LENGTH, number(length, 10));
    }

    /// Whether the last byte was read and the connection can carry another call.
    boolean leavesConnectionClean() {
        return ended && framing != Framing.UNTIL_CLOSE;
    }

    /// At least one byte; -1 at the end of the body.
    ///
    /// @throws EOFException when the peer ends before the body does
    int read(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        if (framing == Framing.CHUNKED && left == 0 && !ended) {
            nextChunk(deadline);
        }
        if (ended) {
            return -1;
        }
        var count = in.read(into, offset, (int) Math.min(length, left), deadline);
        if (count < 0) {
            if (framing == Framing.UNTIL_CLOSE) {
                ended = true;
                return -1;
            }
            throw new EOFException("connection closed in the middle of a response");
        }
        if (framing != Framing.UNTIL_CLOSE) {
            left -= count;
            ended = framing == Framing.LENGTH && left == 0;
        }
        return count;
    }

    /// The whole of what is left.
    ///
    /// @throws MalformedResponse when that is more than `most` bytes
    byte[] all(int most, Deadline deadline) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var part = new byte[8 * 1024];
        for (var n = read(part, 0, part.length, deadline);
                n >= 0;
                n = read(part, 0, part.length, deadline)) {
            if (bytes.size() + n > most) {
                throw new MalformedResponse("a response of more than " + most + " bytes");
            }
            bytes.write(part, 0, n);
        }
        return bytes.toByteArray();
    }

    private void nextChunk(Deadline deadline) throws IOException {
        if (!firstChunk && !in.line(LONGEST_CHUNK_LINE, deadline).isEmpty()) {
            throw new MalformedResponse("a chunk longer than it says");
        }
        firstChunk = false;
        var line = in.line(LONGEST_CHUNK_LINE, deadline);
        var extension = line.indexOf(';');
        left = number((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
        if (left == 0) {
            ResponseHead.readHeaders(in, deadline);
            ended = true;
        }
    }

    private static long number(String digits, int radix) throws IOException {
        var plain = !digits.isEmpty() && Character.digit(digits.charAt(0), radix) >= 0;
        try {
            if (plain) {
                return Long.parseLong(digits, radix);
            }
        } catch (NumberFormatException e) {
            throw new MalformedResponse("length: " + digits + " (expected: a number)");
        }
        throw new MalformedResponse("length: " + digits + " (expected: a number)");
    }
}
