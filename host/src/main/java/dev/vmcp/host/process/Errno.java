package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The errno values that we tell apart (the same on every Linux), and the text of all.
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EINVAL = 22;

    private static final MethodHandle DESCRIPTION =
            Libc.bindPlain("strerrordesc_np", FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private Errno() {}

    /// What the C library says about it, such as `No such file or directory`.
    public static String text(int errno) {
        try {
            var text = (MemorySegment) DESCRIPTION.invokeExact(errno);
            return text.equals(MemorySegment.NULL)
                    ? "errno " + errno
                    : text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("strerrordesc_np: " + e + " (expected: text)", e);
        }
    }
}
