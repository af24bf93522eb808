package dev.vmcp.host.driver;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import java.util.Optional;

/// A VMM that runs. Calls come one at a time, except [#close], [#process] and [#counters], which
/// any thread may call at any time.
///
/// Every call throws [DriverException] when the VMM refuses, is gone, or does not answer by the
/// deadline.
public interface Live extends AutoCloseable {

    OsProcess process();

    /// Asks the VMM what the guest does now.
    GuestState observe(Deadline deadline);

    /// What the VMM said of its guest while [Driver#adopt] took it up; empty where it was not
    /// asked.
    default Optional<GuestState> found() {
        return Optional.empty();
    }

    void pause(Deadline deadline);

    void resume(Deadline deadline);

    /// Presses the power button. Whether the guest obeys shows as [Reaction#guestPoweredOff].
    void powerButton(Deadline deadline);

    /// Starts a guest that has powered off once more in the same process.
    ///
    /// @throws DriverException with `retryable` false where this VMM cannot
    void startAgain(Deadline deadline);

    /// Restarts the guest by force, in the same process.
    void reset(Deadline deadline);

    Counters counters(Deadline deadline);

    /// Present where this VMM can change the size of a guest that runs.
    default Optional<Resizing> resizing() {
        return Optional.empty();
    }

    /// Present where this VMM can plug devices into a guest that runs.
    default Optional<Hotplug> hotplug() {
        return Optional.empty();
    }

    /// Present where this VMM can change devices of a guest that runs.
    default Optional<Replacing> replacing() {
        return Optional.empty();
    }

    /// Present where this VMM can save its guest.
    default Optional<Snapshots> snapshots() {
        return Optional.empty();
    }

    /// Lets go of the VMM and ends calls under way with [DriverException]. Leaves the process
    /// alone.
    @Override
    void close();
}
