package dev.vmcp.host.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What `/proc/<pid>/stat` says about a process (proc_pid_stat(5)).
///
/// @param state the state letter, field 3
/// @param flags the kernel's `PF_` flags, field 9
/// @param startTicks clock ticks from boot to its start, field 22
record ProcStat(char state, long flags, long startTicks) {

    private static final int FIELD_AFTER_NAME = 3;
    private static final int FIELD_OF_FLAGS = 9;
    private static final int FIELD_OF_START = 22;
    private static final long PF_KTHREAD = 0x0020_0000;

    /// Empty when there is no such process.
    static Optional<ProcStat> of(long pid) {
        try {
            var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "stat"));
            return Optional.of(parse(new String(bytes, StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The name, field 2, is in parentheses and may itself hold spaces and parentheses.
    static ProcStat parse(String line) {
        var fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return new ProcStat(
                fields[0].charAt(0),
                number(fields, FIELD_OF_FLAGS),
                number(fields, FIELD_OF_START));
    }

    boolean kernelThread() {
        return (flags & PF_KTHREAD) != 0;
    }

    /// Ended, but not reaped by its parent yet.
    boolean gone() {
        return state == 'Z' || state == 'X' || state == 'x';
    }

    private static long number(String[] fields, int field) {
        return Long.parseLong(fields[field - FIELD_AFTER_NAME]);
    }
}
