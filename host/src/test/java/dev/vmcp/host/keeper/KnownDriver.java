package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.SerialPort;
import java.util.List;
import java.util.Optional;

/// A driver that is asked what it is and can, and must be told to do nothing.
///
/// @param without a field that it does not support; empty = it supports all
record KnownDriver(String name, Probe probe, String without) implements Driver {

    /// One that needs KVM, or with `accelerator` has a choice.
    static KnownDriver installed(String name, String accelerator, String without) {
        return new KnownDriver(
                name, new Probe.Installed("/bin/" + name, "1.5", accelerator, List.of()), without);
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        return without.isEmpty()
                ? SpecFindings.NONE
                : new SpecFindings(List.of(), List.of(Violation.of(without, "x", "nothing")));
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        throw touched();
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        throw touched();
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        throw touched();
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        throw touched();
    }

    private static AssertionError touched() {
        return new AssertionError("a driver was to be asked only");
    }
}
