package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file without a name in any directory, which takes what a process of ours prints and is gone
/// with us, however we end.
public record MemoryFile(int descriptor) implements AutoCloseable {

    private static final MethodHandle CREATE =
            Libc.bind("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final int CLOSE_ON_EXEC = 1;

    /// How a process opens those descriptors of its own that it is not given.
    static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");

    /// @throws ProcessException when the kernel has none left
    public static MemoryFile make() {
        var made =
                Libc.call((arena, errno) ->
                        (int)
                                CREATE.invokeExact(
                                        errno, arena.allocateFrom("vmcp"), CLOSE_ON_EXEC));
        return new MemoryFile((int) Libc.check(made, "make a file in memory"));
    }

    /// Its name for a [Spawn] of ours, and for nobody else.
    public Path path() {
        return OWN_DESCRIPTORS.resolve(Integer.toString(descriptor));
    }

    public String text() throws IOException {
        return Files.readString(path());
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
