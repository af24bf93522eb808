package dev.vmcp.core.vm;

import static dev.vmcp.core.vm.Specs.GIB;
import static dev.vmcp.core.vm.Specs.boot;
import static dev.vmcp.core.vm.Specs.cpu;
import static dev.vmcp.core.vm.Specs.disk;
import static dev.vmcp.core.vm.Specs.nic;
import static dev.vmcp.core.vm.Specs.readOnly;
import static dev.vmcp.core.vm.Specs.root;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.SpecRules.Limits;
import dev.vmcp.core.vm.VmSpec.Console;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The published configuration guide's examples that hold more than the others.
class GuideExamplesTest {

    private static final Console NO_CONSOLE = new Console(false, "", "", "");

    private static VmSpec spec(
            VmSpec.Cpu cpu, long memory, List<VmSpec.Disk> disks, List<VmSpec.Nic> nics) {
        return new VmSpec(
                cpu,
                new VmSpec.Memory(memory, false, 0, Map.of()),
                boot("/opt/kernels/vmlinux", "/opt/initrd/i.img", "console=ttyS0 root=/dev/vda1"),
                disks,
                nics,
                NO_CONSOLE,
                Map.of());
    }

    @Test
    void theProductionExamplePasses() {
        var spec =
                spec(
                        cpu(16, 32),
                        34359738368L,
                        List.of(
                                root("/dev/nvme0n1p1"),
                                disk("/dev/nvme1n1"),
                                readOnly("/var/lib/vms/shared-data.img")),
                        List.of(
                                nic("mgmt", "vmtap-mgmt", "52:54:00:01:02:10"),
                                nic("data", "vmtap-data", "52:54:00:01:02:20")));

        assertThat(SpecRules.check(spec, Limits.PUBLISHED)).isEqualTo(SpecFindings.NONE);
    }

    @Test
    void theDatabaseExamplePasses() {
        var spec =
                spec(
                        cpu(8, 16),
                        16 * GIB,
                        List.of(root("/var/lib/vms/db-system.img"), disk("/dev/nvme1n1")),
                        List.of(nic("db-net", "db-tap0", "52:54:00:db:01:01")));

        assertThat(SpecRules.check(spec, Limits.PUBLISHED)).isEqualTo(SpecFindings.NONE);
    }

    @Test
    void theServerlessExamplePassesAtTheFloorOfMemory() {
        var disks =
                List.of(new VmSpec.Disk("", "/var/lib/functions/r.ext4", true, true, "", Map.of()));
        var spec = spec(cpu(1, 0), 536870912L, disks, List.of());

        assertThat(SpecRules.check(spec, Limits.PUBLISHED)).isEqualTo(SpecFindings.NONE);
    }
}
