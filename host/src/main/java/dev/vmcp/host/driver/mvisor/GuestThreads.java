package dev.vmcp.host.driver.mvisor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vmcp.host.driver.GuestState;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the threads of an MVisor tell of its guest, since nothing else does.
///
/// A process whose threads all stand by a signal is a paused guest. A virtual CPU whose thread has
/// gone crashed: MVisor lives on without it. After a power-off MVisor holds every virtual CPU and
/// its I/O thread on locks for ever; while a guest runs, the I/O thread waits for events.
final class GuestThreads {

    private static final String PROCESSOR = "mvisor-vcpu-";
    private static final String IO = "mvisor-iothread";

    /// The system call `futex` on x86-64, the only architecture that MVisor runs on.
    private static final String FUTEX = "202 ";

    /// One look at the process.
    ///
    /// @param stopped every thread stands by a signal
    /// @param processors how many virtual CPUs have a thread
    /// @param held every thread sleeps, the virtual CPUs and the I/O thread on locks
    /// @param sleeps how often each thread has gone to sleep: while this stays, none has moved
    record Look(boolean stopped, int processors, boolean held, Map<String, Long> sleeps) {

        boolean heldSince(Look earlier) {
            return held && earlier.held && sleeps.equals(earlier.sleeps);
        }
    }

    private final Path tasks;
    private final int processors;

    /// @param processors how many virtual CPUs the guest has
    GuestThreads(long pid, int processors) {
        this.tasks = Path.of("/proc", Long.toString(pid), "task");
        this.processors = processors;
    }

    /// Empty when the process has ended.
    Optional<Look> look() {
        var count = new Count();
        try (var threads = Files.newDirectoryStream(tasks)) {
            threads.forEach(count::add);
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
        return count.sleeps.isEmpty() ? Optional.empty() : Optional.of(count.look());
    }

    /// Whether each virtual CPU has a thread. Costs a part of a look, while MVisor is busy
    /// starting.
    boolean begun() {
        var found = 0;
        try (var threads = Files.newDirectoryStream(tasks)) {
            for (var thread : threads) {
                found += Count.read(thread, "comm").startsWith(PROCESSOR) ? 1 : 0;
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A thread has ended in the meantime: the next look tells.
            return false;
        }
        return found >= processors;
    }

    /// Whether one look is enough to see that the guest runs.
    boolean runs(Look look) {
        return !look.stopped && !look.held && look.processors >= processors;
    }

    /// What two looks at a guest that was up before, some milliseconds apart, mean.
    GuestState state(Look first, Look second) {
        if (second.stopped) {
            return GuestState.PAUSED;
        }
        if (first.processors < processors && second.processors < processors) {
            return GuestState.CRASHED;
        }
        return second.heldSince(first) ? GuestState.POWERED_OFF : GuestState.RUNNING;
    }

    /// Sums up the threads of one look.
    private static final class Count {
        private boolean stopped = true;
        private boolean held = true;
        private boolean io;
        private int processors;
        private final Map<String, Long> sleeps = new TreeMap<>();

        void add(Path thread) {
            try {
                var name = read(thread, "comm").strip();
                var state = state(read(thread, "stat"));
                stopped &= state == 'T';
                held &= state == 'S';
                if (name.startsWith(PROCESSOR) || name.equals(IO)) {
                    io |= name.equals(IO);
                    processors += name.equals(IO) ? 0 : 1;
                    held &= read(thread, "syscall").startsWith(FUTEX);
                }
                sleeps.put(thread.getFileName().toString(), sleeps(read(thread, "status")));
            } catch (IOException e) {
                // The thread has ended in the meantime, or may not be looked at.
                held = false;
            }
        }

        Look look() {
            return new Look(stopped, processors, held && io, sleeps);
        }

        /// The name before the last parenthesis may hold anything.
        private static char state(String stat) {
            return stat.charAt(stat.lastIndexOf(')') + 2);
        }

        private static long sleeps(String status) {
            return status.lines()
                    .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                    .map(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                    .findFirst()
                    .orElse(0L);
        }

        private static String read(Path thread, String file) throws IOException {
            return Files.readString(thread.resolve(file), ISO_8859_1);
        }
    }
}
