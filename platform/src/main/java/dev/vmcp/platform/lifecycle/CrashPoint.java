package dev.vmcp.platform.lifecycle;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/// A named place at which the crash test makes this process kill itself, as `kill -9` would.
///
/// Does nothing unless the environment variable `VMCP_CRASH_AT` or the system property
/// `vmcp.crash.at` holds `<name>`, or `<name>:<n>` for the n-th time that it is reached.
public final class CrashPoint {
    private static final int SIGKILL = 9;
    private static final String WANTED =
            System.getProperty("vmcp.crash.at", System.getenv().getOrDefault("VMCP_CRASH_AT", ""));
    private static final String NAME = WANTED.replaceFirst(":\\d+$", "");
    private static final AtomicInteger LEFT =
            new AtomicInteger(
                    NAME.length() == WANTED.length()
                            ? 1
                            : Integer.parseInt(WANTED.substring(NAME.length() + 1)));

    private CrashPoint() {}

    /// Dies here if this point was chosen.
    public static void reach(String name) {
        if (!NAME.isEmpty() && NAME.equals(name) && LEFT.decrementAndGet() == 0) {
            die();
        }
    }

    /// SIGKILL rather than an exit: no hook, no handler, nothing flushed.
    private static void die() {
        var linker = Linker.nativeLinker();
        var kill = linker.defaultLookup().findOrThrow("kill");
        var form =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        try {
            var status =
                    (int)
                            linker.downcallHandle(kill, form)
                                    .invokeExact((int) ProcessHandle.current().pid(), SIGKILL);
            throw new IllegalStateException("kill: " + status + " (expected: no return)");
        } catch (Throwable e) {
            Runtime.getRuntime().halt(128 + SIGKILL);
        }
    }
}
