package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// The way from a VMM's new process to its running guest: where it fails, the process ends for
/// sure, and what the VMM said before an end of its own is the better reason.
///
/// @param vmm its name, for messages
/// @param complaint what it said last; empty for nothing
public record VmmStart(String vmm, OsProcess process, Supplier<String> complaint) {

    private static final Duration REAPING = Duration.ofSeconds(5);
    private static final Duration EXIT_SEEN = Duration.ofMillis(500);

    /// What `steps` come to.
    ///
    /// @throws DriverException REFUSED with the VMM's words where it ended by itself
    public <T> T by(Supplier<T> steps) {
        try {
            return steps.get();
        } catch (DriverException e) {
            throw end(e);
        } catch (RuntimeException e) {
            var _ = end(new DriverException(Kind.GONE, "", e));
            throw e;
        }
    }

    /// Ends the process, also when interrupted, which is kept for later.
    private DriverException end(DriverException failure) {
        var interrupted = Thread.interrupted();
        try (process) {
            if (failure.kind() == Kind.GONE) {
                interrupted |= await(EXIT_SEEN);
            }
            var itself = process.exit();
            process.kill();
            interrupted |= await(REAPING);
            return reason(itself, failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Whether there was an interrupt meanwhile.
    private boolean await(Duration limit) {
        var deadline = Deadline.in(limit);
        var interrupted = false;
        while (process.exit().isEmpty() && !deadline.passed()) {
            try {
                var _ = process.await(deadline);
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    private DriverException reason(Optional<Exit> itself, DriverException failure) {
        if (itself.isEmpty()) {
            return failure;
        }
        var words = complaint.get();
        var how = vmm + " ended while starting (" + itself.get().words() + ")";
        return words.isEmpty()
                ? new DriverException(Kind.GONE, how, failure)
                : new DriverException(Kind.REFUSED, words, failure);
    }
}
