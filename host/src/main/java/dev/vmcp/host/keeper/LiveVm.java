package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.process.OsProcess;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What we hold of a VMM that runs: its process always, its control connection while that stands.
final class LiveVm {

    private final LaunchId launch;
    private final OsProcess process;
    private final Signals signals;
    private volatile @Nullable Live control;

    LiveVm(LaunchId launch, OsProcess process, Signals signals) {
        this.launch = launch;
        this.process = process;
        this.signals = signals;
        process.onExit(signals::exited);
    }

    LaunchId launch() {
        return launch;
    }

    OsProcess process() {
        return process;
    }

    Signals signals() {
        return signals;
    }

    Optional<Live> control() {
        return Optional.ofNullable(control);
    }

    void connect(Live live) {
        control = live;
    }

    void disconnect() {
        var live = control;
        control = null;
        if (live != null) {
            live.close();
        }
    }

    /// The control connection, for a step that needs it.
    Live requireControl() {
        return control()
                .orElseThrow(() ->
                        new DriverException(
                                DriverException.Kind.GONE,
                                "the VMM's process "
                                        + process.id().pid()
                                        + " runs but its control socket does not answer"));
    }

    /// Lets go of connection and process; touches neither.
    void release() {
        disconnect();
        process.close();
    }
}
