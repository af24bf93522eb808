package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import java.util.List;

/// A driver, and the guests in its VMs, for [DriverContract]. What was started on it is gone when
/// it closes.
public interface DriverStage extends AutoCloseable {

    /// What a guest can be told to do by itself.
    enum Act {
        POWER_OFF,
        RESTART,
        CRASH
    }

    /// A driver of a new life of ours: it knows nothing of what earlier ones booted.
    Driver driver();

    Processes processes();

    /// What runs of the launches of this stage.
    List<Processes.Found> running();

    /// A guest that obeys its power button.
    VmSpec spec();

    /// A new launch with an empty directory.
    Launch launch() throws Exception;

    /// Lets the guest of a launch, which is up, do something.
    void act(Launch launch, Act act) throws Exception;

    /// Returns once the guest of a launch listens to [#act] and to its power button.
    void awaitUp(Launch launch) throws Exception;

    void freeze(OsProcess process) throws Exception;

    void thaw(OsProcess process) throws Exception;

    @Override
    void close();
}
