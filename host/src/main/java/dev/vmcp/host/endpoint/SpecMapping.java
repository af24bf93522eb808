package dev.vmcp.host.endpoint;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.ConsoleConfig;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.CpuTopology;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.NetworkInterface;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.core.vm.VmSpec;
import java.util.Optional;

/// `VmConfig` of the wire and the model's spec, both ways and without loss: what a caller sent is
/// what an info returns.
final class SpecMapping {

    private SpecMapping() {}

    static VmSpec fromApi(VmConfig config) {
        return new VmSpec(
                fromApi(config.getCpu()),
                fromApi(config.getMemory()),
                fromApi(config.getBoot()),
                config.getStorageList().stream().map(SpecMapping::fromApi).toList(),
                config.getNetworkList().stream().map(SpecMapping::fromApi).toList(),
                fromApi(config.getConsole()),
                config.getMetadataMap());
    }

    private static VmSpec.Cpu fromApi(CpuConfig cpu) {
        var topology =
                cpu.hasTopology()
                        ? Optional.of(
                                new VmSpec.Topology(
                                        cpu.getTopology().getSockets(),
                                        cpu.getTopology().getCoresPerSocket(),
                                        cpu.getTopology().getThreadsPerCore()))
                        : Optional.<VmSpec.Topology>empty();
        return new VmSpec.Cpu(
                cpu.getVcpuCount(), cpu.getMaxVcpuCount(), topology, cpu.getFeaturesMap());
    }

    private static VmSpec.Memory fromApi(MemoryConfig memory) {
        return new VmSpec.Memory(
                memory.getSizeBytes(),
                memory.getHotplugEnabled(),
                memory.getMaxSizeBytes(),
                memory.getBackingMap());
    }

    private static VmSpec.Boot fromApi(BootConfig boot) {
        return new VmSpec.Boot(
                boot.getKernelPath(),
                boot.getInitrdPath(),
                boot.getKernelArgs(),
                boot.getBootOptionsMap());
    }

    static VmSpec.Disk fromApi(StorageDevice disk) {
        return new VmSpec.Disk(
                disk.getId(),
                disk.getPath(),
                disk.getReadOnly(),
                disk.getIsRootDevice(),
                disk.getInterfaceType(),
                disk.getOptionsMap());
    }

    static VmSpec.Nic fromApi(NetworkInterface nic) {
        return new VmSpec.Nic(
                nic.getId(),
                nic.getMacAddress(),
                nic.getTapDevice(),
                nic.getInterfaceType(),
                nic.getOptionsMap());
    }

    private static VmSpec.Console fromApi(ConsoleConfig console) {
        return new VmSpec.Console(
                console.getEnabled(),
                console.getOutput(),
                console.getInput(),
                console.getConsoleType());
    }

    static VmConfig toApi(VmSpec spec) {
        var config =
                VmConfig.newBuilder()
                        .setCpu(toApi(spec.cpu()))
                        .setMemory(toApi(spec.memory()))
                        .setBoot(toApi(spec.boot()))
                        .putAllMetadata(spec.metadata());
        spec.disks().forEach(disk -> config.addStorage(toApi(disk)));
        spec.nics().forEach(nic -> config.addNetwork(toApi(nic)));
        var console = toApi(spec.console());
        return console.equals(ConsoleConfig.getDefaultInstance())
                ? config.build()
                : config.setConsole(console).build();
    }

    private static CpuConfig toApi(VmSpec.Cpu cpu) {
        var config =
                CpuConfig.newBuilder()
                        .setVcpuCount(cpu.count())
                        .setMaxVcpuCount(cpu.max())
                        .putAllFeatures(cpu.features());
        cpu.topology().ifPresent(topology -> config.setTopology(toApi(topology)));
        return config.build();
    }

    private static CpuTopology toApi(VmSpec.Topology topology) {
        return CpuTopology.newBuilder()
                .setSockets(topology.sockets())
                .setCoresPerSocket(topology.coresPerSocket())
                .setThreadsPerCore(topology.threadsPerCore())
                .build();
    }

    private static MemoryConfig toApi(VmSpec.Memory memory) {
        return MemoryConfig.newBuilder()
                .setSizeBytes(memory.bytes())
                .setHotplugEnabled(memory.hotplug())
                .setMaxSizeBytes(memory.maxBytes())
                .putAllBacking(memory.backing())
                .build();
    }

    private static BootConfig toApi(VmSpec.Boot boot) {
        return BootConfig.newBuilder()
                .setKernelPath(boot.kernel())
                .setInitrdPath(boot.initrd())
                .setKernelArgs(boot.args())
                .putAllBootOptions(boot.options())
                .build();
    }

    private static StorageDevice toApi(VmSpec.Disk disk) {
        return StorageDevice.newBuilder()
                .setId(disk.id())
                .setPath(disk.path())
                .setReadOnly(disk.readOnly())
                .setIsRootDevice(disk.root())
                .setInterfaceType(disk.interfaceType())
                .putAllOptions(disk.options())
                .build();
    }

    private static NetworkInterface toApi(VmSpec.Nic nic) {
        return NetworkInterface.newBuilder()
                .setId(nic.id())
                .setMacAddress(nic.mac())
                .setTapDevice(nic.tap())
                .setInterfaceType(nic.interfaceType())
                .putAllOptions(nic.options())
                .build();
    }

    private static ConsoleConfig toApi(VmSpec.Console console) {
        return ConsoleConfig.newBuilder()
                .setEnabled(console.enabled())
                .setOutput(console.output())
                .setInput(console.input())
                .setConsoleType(console.type())
                .build();
    }
}
