package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.vmm.Traces;
import dev.vmcp.platform.files.FileTrees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A driver, and the guests in its VMs, for [DriverContract]. What was started on it is gone when
/// it closes.
///
/// What differs between VMMs is said by the driver's claims ([Probe.Installed#capabilities]) and by
/// the methods here that have a default.
public interface DriverStage extends AutoCloseable {

    /// What a guest can be told to do by itself.
    enum Act {
        POWER_OFF,
        RESTART,
        CRASH
    }

    /// How what a guest does by itself shows.
    enum Manner {
        /// The VMM lives and tells.
        TELLS,
        /// The VMM's process ends, and [Driver#ended] says what that means.
        ENDS,
        /// Not at all.
        HIDES
    }

    /// A driver of a new life of ours: it knows nothing of what earlier ones booted.
    Driver driver();

    Processes processes();

    /// What runs of the launches of this stage.
    List<Processes.Found> running();

    /// A guest that obeys its power button, and [#act].
    VmSpec spec();

    /// A new launch with an empty directory.
    Launch launch() throws Exception;

    /// Lets the guest of a launch, which is up, do something.
    void act(Launch launch, Act act) throws Exception;

    /// Returns once the guest of a launch listens to [#act] and to its power button.
    void awaitUp(Launch launch) throws Exception;

    /// Stops every thread of the VMM.
    void freeze(OsProcess process) throws Exception;

    void thaw(OsProcess process) throws Exception;

    @Override
    void close();

    /// What sets this stage apart from others of the same driver and version, such as `jailer`.
    default String variant() {
        return "";
    }

    /// Whether the VMM is the real program; a stand-in proves nothing for users.
    default boolean real() {
        return true;
    }

    /// What the disks of a guest that uses none may seem to have moved, where the bytes of a
    /// process are counted: its console, its log.
    default long idleDiskBytes() {
        return 64 << 10;
    }

    default Manner manner(Act act) {
        return Manner.TELLS;
    }

    /// What the guest of [#spec] does when its power button is pressed.
    default Act obeysButtonBy() {
        return Act.POWER_OFF;
    }

    /// What the driver claims and cannot be shown here, with the reason.
    default Map<CapabilityName, String> unshown() {
        return Map.of();
    }

    /// Whether the driver talks with its VMM, and so notices one that is frozen.
    default boolean converses() {
        return true;
    }

    /// Whether the driver tells of a broken connection without being asked anything.
    default boolean tellsLoss() {
        return true;
    }

    /// A launch whose VMM runs as that user; only where [CapabilityName#ISOLATION_USER] is claimed.
    default Launch launchAs(int uid) throws Exception {
        throw new IllegalStateException("uid: " + uid + " (expected: a stage with users)");
    }

    /// The variables that the driver gives its VMM on purpose.
    default Set<String> variables() {
        return Set.of();
    }

    /// A guest that needs nothing which only root may open.
    default VmSpec unprivileged() throws Exception {
        return spec();
    }

    /// A guest that may grow: to two virtual CPUs, to twice its memory, by devices.
    default VmSpec roomy() {
        var spec = spec();
        var memory = spec.memory();
        return Specs.with(
                Specs.with(
                        spec,
                        new VmSpec.Cpu(
                                spec.cpu().count(),
                                2 * spec.cpu().count(),
                                Optional.empty(),
                                Map.of())),
                new VmSpec.Memory(memory.bytes(), true, 2 * memory.bytes(), Map.of()));
    }

    /// A file for a disk that is plugged into a guest that runs.
    ///
    /// @param directory where it may be; a stage may need it elsewhere
    default Path hotDisk(Path directory) throws Exception {
        return Files.write(directory.resolve("disk.raw"), new byte[1 << 20]);
    }

    /// A directory that the VMM can write a snapshot into.
    default Path snapshotDirectory(Path directory) throws Exception {
        return directory;
    }

    /// A TAP device that nobody uses; empty where there can be none.
    default Optional<String> freeTap() throws Exception {
        return FreeTaps.next();
    }

    /// A guest without a kernel file; only where [CapabilityName#BOOT_FIRMWARE] is claimed.
    default VmSpec firmwareSpec() throws Exception {
        return spec();
    }

    /// A guest with a screen; only where [CapabilityName#VNC] is claimed.
    default VmSpec screened() {
        return spec();
    }

    /// The socket that the driver reaches the VMM by; empty where there is none.
    default Optional<Path> controlSocket(Launch launch) {
        return Optional.empty();
    }

    /// What of a launch is outside of its directory now: processes aside, all that the driver made.
    default List<String> elsewhere(Launch launch) throws Exception {
        return List.of();
    }

    /// Fails when the VMM can reach files of the host that are not its own.
    default void assertFenced(Launch launch, Live live) throws Exception {
        if (new Proc(live.process().id()).root().equals("/")) {
            throw new AssertionError("the root of the VMM is that of the host");
        }
    }

    /// Removes what the driver made for a launch, its directory included, as the keeper does once
    /// the VMM is gone.
    default void remove(Launch launch) throws Exception {
        Traces.undo(launch.directory());
        FileTrees.remove(launch.directory());
    }

    /// Told where the console of a launch is, each time that it moves.
    default void serialAt(Launch launch, SerialPort port) {}

    /// A person at the console of a launch, from its first byte on; empty where there is none.
    default Optional<Serial> console(Launch launch) {
        return Optional.empty();
    }
}
