package dev.vmcp.host.vmm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vmcp.host.process.Libc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The kernel's Landlock, by which a program gives up all files but those that it names.
public final class Landlock {

    private static final MethodHandle SYSCALL =
            Libc.bindVariadic(
                    "syscall",
                    1,
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));

    /// The same number on every architecture.
    private static final long CREATE_RULESET = 444;

    private static final long ASK_VERSION = 1;

    private Landlock() {}

    /// The version that this kernel offers; 0 for none.
    public static int version() {
        var version =
                Libc.call((_, errno) ->
                        (long)
                                SYSCALL.invokeExact(
                                        errno,
                                        CREATE_RULESET,
                                        MemorySegment.NULL,
                                        0L,
                                        ASK_VERSION));
        return (int) Math.max(0, version);
    }
}
