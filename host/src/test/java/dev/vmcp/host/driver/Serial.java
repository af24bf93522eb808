package dev.vmcp.host.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Terminals;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// The serial port of a launch, used as a person at a terminal would.
public final class Serial implements AutoCloseable {

    private static final int NOTHING = -1;

    private final int in;
    private final int out;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(1 << 16);
    private final StringBuilder seen = new StringBuilder();

    public Serial(SerialPort port) {
        switch (port) {
            case SerialPort.Pipes(var input, var output, _) -> {
                in = Fifos.open(input);
                out = Fifos.open(output);
            }
            case SerialPort.OutputPipe(var output) -> {
                in = NOTHING;
                out = Fifos.open(output);
            }
            case SerialPort.TerminalAndPipe(var input, var output) -> {
                in = Terminals.open(input);
                out = Fifos.open(output);
            }
            case SerialPort.Terminal(var path) -> {
                out = Terminals.open(path);
                in = out;
            }
        }
    }

    /// Whether the guest can be told anything.
    public boolean listens() {
        return in != NOTHING;
    }

    public void send(String keys) {
        var bytes = keys.getBytes(ISO_8859_1);
        try (var scratch = Arena.ofConfined()) {
            var written = Descriptors.write(in, scratch.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
            if (written != bytes.length) {
                throw new IllegalStateException("written: " + written + " (expected: all)");
            }
        }
    }

    /// Sends bytes as they are, as fast as they are taken.
    public void sendAll(byte[] bytes) throws Exception {
        try (var scratch = Arena.ofConfined()) {
            var left = new MemorySegment[] {scratch.allocateFrom(ValueLayout.JAVA_BYTE, bytes)};
            Eventually.holds(
                    "all input taken",
                    () -> {
                        var written = Descriptors.write(in, left[0]);
                        left[0] = left[0].asSlice(Math.max(0, written));
                        return left[0].byteSize() == 0;
                    });
        }
    }

    /// Waits until `text` stands in what was printed since the last [#forget].
    public String await(String text) throws Exception {
        Eventually.holds(text + " on the console", () -> read().contains(text));
        return seen.toString();
    }

    /// Sends a word and waits for its echo.
    public void echo(String word) throws Exception {
        send(word);
        await(word);
    }

    /// Asks until there is an answer: what a guest gets while it starts is lost.
    public void awaitListener() throws Exception {
        Eventually.holds(
                "an echo",
                () -> {
                    var token = "t" + System.nanoTime();
                    send(token);
                    var answer = Deadline.in(Duration.ofMillis(300));
                    while (!answer.passed()) {
                        if (read().contains(token)) {
                            return true;
                        }
                        LockSupport.parkNanos(1_000_000);
                    }
                    return false;
                });
    }

    public void forget() {
        read();
        seen.setLength(0);
    }

    /// The nonce that the guest says now.
    public String nonce() throws Exception {
        return said("N");
    }

    /// Another nonce, which the guest has in its memory from now on.
    public String otherNonce() throws Exception {
        return said("Z");
    }

    private String said(String key) throws Exception {
        forget();
        send(key);
        Eventually.holds("a nonce", () -> read().matches("(?s).*nonce=[0-9a-f]{16}\r\n.*"));
        return seen.toString().replaceAll("(?s).*nonce=([0-9a-f]{16})\r\n.*", "$1");
    }

    /// Everything since the last [#forget].
    public String read() {
        for (var got = take(); got > 0; got = take()) {
            var bytes = buffer.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE);
            seen.append(new String(bytes, ISO_8859_1));
        }
        return seen.toString();
    }

    private long take() {
        return Descriptors.read(out, buffer);
    }

    @Override
    public void close() {
        if (listens() && in != out) {
            Descriptors.close(in);
        }
        Descriptors.close(out);
        arena.close();
    }
}
