package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.SpecCheck;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.SerialPort;
import java.util.Optional;

/// A backend of which this program starts no VMM: it can only be attached to.
public record AttachedOnly(String name, String why) implements Driver {

    @Override
    public Probe probe() {
        return new Probe.Missing(why);
    }

    @Override
    public SpecCheck check(VmSpec spec) {
        return SpecCheck.FINE;
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        throw none();
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        return Optional.empty();
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        return Ended.unasked(launch, exit);
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        throw none();
    }

    private DriverException none() {
        return new DriverException(Kind.HOST, why);
    }
}
