package dev.vmcp.host.vmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// The lines of JSON that come from a VMM, one after the other, none longer than [#LONGEST_LINE].
/// For one thread.
public final class JsonLines {

    public static final int LONGEST_LINE = 256 * 1024;
    private static final int USUAL = 2048;

    private final ReadableByteChannel from;
    private ByteBuffer buffer = ByteBuffer.allocate(USUAL);
    private int scanned;

    public JsonLines(ReadableByteChannel from) {
        this.from = from;
    }

    /// The next line; empty at the end.
    ///
    /// @throws IOException also when the line is too long or no JSON object
    public Optional<Map<String, Object>> next() throws IOException {
        while (true) {
            var end = lineEnd();
            if (end >= 0) {
                return Optional.of(take(end));
            }
            if (!buffer.hasRemaining()) {
                grow();
            }
            if (from.read(buffer) < 0) {
                return Optional.empty();
            }
        }
    }

    private int lineEnd() {
        for (; scanned < buffer.position(); scanned++) {
            if (buffer.get(scanned) == '\n') {
                return scanned;
            }
        }
        return -1;
    }

    private Map<String, Object> take(int end) throws IOException {
        try {
            return Json.read(buffer.array(), 0, end);
        } finally {
            buffer.flip().position(end + 1);
            buffer.compact();
            scanned = 0;
            if (buffer.capacity() > USUAL && buffer.position() < USUAL) {
                resize(USUAL);
            }
        }
    }

    private void grow() throws IOException {
        if (buffer.capacity() >= LONGEST_LINE) {
            throw new IOException("a message of more than " + LONGEST_LINE + " bytes");
        }
        resize(buffer.capacity() * 2);
    }

    private void resize(int capacity) {
        var bytes = Arrays.copyOf(buffer.array(), capacity);
        buffer = ByteBuffer.wrap(bytes).position(buffer.position());
    }
}
