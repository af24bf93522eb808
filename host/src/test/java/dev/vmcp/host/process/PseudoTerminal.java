package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The side of a pseudo-terminal that a VMM holds. Writing goes on as the other side reads.
public final class PseudoTerminal implements AutoCloseable {

    private static final MethodHandle UNLOCK =
            Libc.bind("unlockpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle NAME =
            Libc.bind("ptsname_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));

    private final int master =
            Descriptors.open(
                    Path.of("/dev/ptmx"),
                    OpenFlags.READ_WRITE
                            | OpenFlags.NON_BLOCKING
                            | OpenFlags.NO_CONTROLLING_TERMINAL);
    private final Path path;
    private final StringBuilder read = new StringBuilder();
    private boolean closed;

    public PseudoTerminal() {
        Libc.check(Libc.call((_, errno) -> (int) UNLOCK.invokeExact(errno, master)), "unlockpt");
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocate(64);
            var named = Libc.call((_, errno) -> (int) NAME.invokeExact(errno, master, name, 64L));
            Libc.check(named, "ptsname_r");
            path = Path.of(name.getString(0));
        }
    }

    /// The side that others open.
    public SerialPort.Terminal port() {
        return new SerialPort.Terminal(path);
    }

    public void print(byte[] bytes) throws Exception {
        try (var arena = Arena.ofConfined()) {
            var all = arena.allocateFrom(JAVA_BYTE, bytes);
            var done = new long[1];
            Eventually.holds(
                    "the other side reads",
                    () -> {
                        var count = Descriptors.write(master, all.asSlice(done[0]));
                        done[0] += Math.max(0, count);
                        return done[0] == bytes.length;
                    });
        }
    }

    /// What came from the other side so far, a character per byte.
    public String received() {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(1 << 16);
            for (var count = Descriptors.read(master, buffer);
                    count > 0;
                    count = Descriptors.read(master, buffer)) {
                read.append(new String(buffer.asSlice(0, count).toArray(JAVA_BYTE), ISO_8859_1));
            }
        }
        return read.toString();
    }

    /// As a VMM that ends.
    public void hangUp() {
        if (!closed) {
            closed = true;
            Descriptors.close(master);
        }
    }

    @Override
    public void close() {
        hangUp();
    }
}
