package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

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

    /// More than any `struct termios` has.
    private static final int TERMIOS_BYTES = 256;

    private static final int NOW = 0;

    private Terminals() {}

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
        try (var arena = Arena.ofConfined()) {
            var settings = arena.allocate(TERMIOS_BYTES, Long.BYTES);
            Libc.check(get(descriptor, settings), "settings of " + path);
            Libc.check(makeRaw(descriptor, settings), "make raw " + path);
            return descriptor;
        } catch (ProcessException e) {
            Descriptors.close(descriptor);
            throw e;
        }
    }

    private static long get(int descriptor, MemorySegment settings) {
        return Libc.call((_, errno) -> (int) GET.invokeExact(errno, descriptor, settings));
    }

    private static long makeRaw(int descriptor, MemorySegment settings) {
        return Libc.call((_, errno) -> {
            MAKE_RAW.invokeExact(errno, settings);
            return (int) SET.invokeExact(errno, descriptor, NOW, settings);
        });
    }
}
