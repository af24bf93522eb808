package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.MacAddress;
import java.util.ArrayList;
import java.util.List;

/// NICs as QEMU's arguments, each on a TAP device that is handed over open.
final class NicArguments {

    private final Machine machine;
    private final Transports transports;
    private final Handover handover;

    NicArguments(Machine machine, Transports transports, Handover handover) {
        this.machine = machine;
        this.transports = transports;
        this.handover = handover;
    }

    List<String> of(VmId vm, VmSpec spec) {
        var arguments = new ArrayList<String>();
        for (var i = 0; i < spec.nics().size(); i++) {
            var nic = spec.nics().get(i);
            var name = "net" + i;
            var mac = nic.mac().isEmpty() ? MacAddress.generated(vm, nic.id()) : nic.mac();
            arguments.add("-netdev");
            arguments.add("tap,id=" + name + ",fd=" + handover.tap(nic.tap()));
            arguments.add("-device");
            arguments.add(
                    model(nic)
                            + ",netdev="
                            + name
                            + ",mac="
                            + mac
                            + ",id="
                            + QemuHotplug.COLD
                            + "nic-"
                            + nic.id());
        }
        return arguments;
    }

    /// `romfile=` is empty because a VM that boots a kernel needs no network boot ROM.
    private String model(VmSpec.Nic nic) {
        if (nic.interfaceType().equals("e1000")) {
            return "e1000,romfile=";
        }
        return machine == Machine.MICROVM
                ? "virtio-net-device," + transports.next()
                : "virtio-net-pci,romfile=";
    }
}
