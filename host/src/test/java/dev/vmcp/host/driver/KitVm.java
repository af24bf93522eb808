package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.OsProcess;

/// A VM under test: its launch, our side of its VMM, and what the VMM told by itself.
record KitVm(VmSpec spec, Launch launch, Live live, Heard heard) implements AutoCloseable {

    OsProcess process() {
        return live.process();
    }

    GuestState observed() {
        return live.observe(Kit.soon());
    }

    @Override
    public void close() {
        live.close();
    }
}
