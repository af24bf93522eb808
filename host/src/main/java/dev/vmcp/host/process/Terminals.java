package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Pseudo-terminals between a VMM, which holds the master, and us.
///
/// What the VMM writes while nobody has the other side open is the VMM's to keep.
public final class Terminals {

    private static final Pattern NAME = Pattern.compile("/dev/pts/\\d{1,9}");

    private static final MethodHandle GET =
            Libc.bind("tcgetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SET =
            Libc.bind("tcsetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle MAKE_RAW =
            Libc.bind("cfmakeraw", FunctionDescriptor.ofVoid(ADDRESS));

    private static final MethodHandle IOCTL =
            Libc.bindVariadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle IOCTL_NUMBER =
            Libc.bindVariadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));

    private static final Path MULTIPLEXER = Path.of("/dev/ptmx");

    /// From `asm-generic/ioctls.h`.
    private static final long TIOCSPTLCK = 0x40045431;

    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCGPTPEER = 0x5441;

    /// More than any `struct termios` has.
    private static final int TERMIOS_BYTES = 256;

    private static final int NOW = 0;

    /// Both sides of a new pseudo-terminal, open and raw, for a VMM to inherit: it reads from
    /// `master`, and by `other` keeps the terminal connected when nobody else has it open.
    public record Pair(int master, int other, Path path) implements AutoCloseable {

        /// Closes our descriptors of it. It lives on where it was inherited.
        @Override
        public void close() {
            Descriptors.close(master);
            Descriptors.close(other);
        }
    }

    private Terminals() {}

    /// @throws ProcessException when the system has no more of them
    public static Pair make() {
        var mode = OpenFlags.READ_WRITE | OpenFlags.NO_CONTROLLING_TERMINAL;
        var master = Descriptors.open(MULTIPLEXER, mode);
        try (var arena = Arena.ofConfined()) {
            var number = arena.allocate(JAVA_INT);
            Libc.check(ioctl(master, TIOCSPTLCK, number), "unlock a pseudo-terminal");
            Libc.check(ioctl(master, TIOCGPTN, number), "number of a pseudo-terminal");
            var path = Path.of("/dev/pts/" + number.get(JAVA_INT, 0));
            var peer =
                    Libc.call((_, errno) ->
                            (int)
                                    IOCTL_NUMBER.invokeExact(
                                            errno,
                                            master,
                                            TIOCGPTPEER,
                                            mode | OpenFlags.CLOSE_ON_EXEC));
            var other = (int) Libc.check(peer, "open " + path);
            return raw(new Pair(master, other, path));
        } catch (ProcessException e) {
            Descriptors.close(master);
            throw e;
        }
    }

    private static Pair raw(Pair pair) {
        try {
            makeRaw(pair.other(), pair.path());
            return pair;
        } catch (ProcessException e) {
            Descriptors.close(pair.other());
            throw e;
        }
    }

    /// Whether this can be the other side of a pseudo-terminal. A VMM that names another file may
    /// not have us open it.
    public static boolean named(Path path) {
        return NAME.matcher(path.toString()).matches();
    }

    /// Opens our side: non-blocking, raw (bytes pass as they are, nothing is echoed), and never as
    /// the terminal that our process belongs to.
    ///
    /// @throws ProcessException when it is not there or is no terminal
    public static int open(Path path) {
        if (!named(path)) {
            throw new ProcessException("open " + path + ": not a pseudo-terminal");
        }
        var descriptor =
                Descriptors.open(
                        path,
                        OpenFlags.READ_WRITE
                                | OpenFlags.NON_BLOCKING
                                | OpenFlags.NO_FOLLOW
                                | OpenFlags.NO_CONTROLLING_TERMINAL);
        try {
            makeRaw(descriptor, path);
            return descriptor;
        } catch (ProcessException e) {
            Descriptors.close(descriptor);
            throw e;
        }
    }

    private static void makeRaw(int descriptor, Path path) {
        try (var arena = Arena.ofConfined()) {
            var settings = arena.allocate(TERMIOS_BYTES, Long.BYTES);
            Libc.check(get(descriptor, settings), "settings of " + path);
            Libc.check(setRaw(descriptor, settings), "make raw " + path);
        }
    }

    private static long ioctl(int descriptor, long request, MemorySegment argument) {
        return Libc.call(
                (_, errno) -> (int) IOCTL.invokeExact(errno, descriptor, request, argument));
    }

    private static long get(int descriptor, MemorySegment settings) {
        return Libc.call((_, errno) -> (int) GET.invokeExact(errno, descriptor, settings));
    }

    private static long setRaw(int descriptor, MemorySegment settings) {
        return Libc.call((_, errno) -> {
            MAKE_RAW.invokeExact(errno, settings);
            return (int) SET.invokeExact(errno, descriptor, NOW, settings);
        });
    }
}
