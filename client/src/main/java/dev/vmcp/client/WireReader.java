package dev.vmcp.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Buffered bytes and lines of one wire.
final class WireReader {
    private static final int BUFFER = 16 * 1024;

    private final Wire wire;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;

    WireReader(Wire wire) {
        this.wire = wire;
    }

    boolean empty() {
        return position == limit;
    }

    /// At least one byte; -1 at the end.
    int read(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        if (empty() && length >= BUFFER) {
            return wire.read(into, offset, length, deadline);
        }
        if (empty() && !fill(deadline)) {
            return -1;
        }
        var count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    /// One line without its CR LF (a lone LF is taken too).
    ///
    /// @throws EOFException when the peer ends before the line does
    /// @throws MalformedResponse when it is longer than `most` bytes
    String line(int most, Deadline deadline) throws IOException {
        var line = new StringBuilder();
        while (true) {
            if (empty() && !fill(deadline)) {
                throw new EOFException("connection closed in the middle of a line");
            }
            var next = (char) (buffer[position++] & 0xff);
            if (next == '\n') {
                var length = line.length();
                var cut = length > 0 && line.charAt(length - 1) == '\r' ? length - 1 : length;
                return line.substring(0, cut);
            }
            if (line.length() >= most) {
                throw new MalformedResponse("a line of more than " + most + " bytes");
            }
            line.append(next);
        }
    }

    private boolean fill(Deadline deadline) throws IOException {
        position = 0;
        limit = 0;
        var count = wire.read(buffer, 0, BUFFER, deadline);
        limit = Math.max(0, count);
        return count > 0;
    }

    /// Header bytes as HTTP/1.1 writes them.
    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
