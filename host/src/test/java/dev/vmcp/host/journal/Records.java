package dev.vmcp.host.journal;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Phase.Booting;
import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.core.vm.Phase.Deleting;
import dev.vmcp.core.vm.Phase.Failed;
import dev.vmcp.core.vm.Phase.Paused;
import dev.vmcp.core.vm.Phase.Running;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.Phase.Stopping;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.Run;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.core.vm.VmSpec.Boot;
import dev.vmcp.core.vm.VmSpec.Console;
import dev.vmcp.core.vm.VmSpec.Cpu;
import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.core.vm.VmSpec.Memory;
import dev.vmcp.core.vm.VmSpec.Nic;
import dev.vmcp.core.vm.VmSpec.Topology;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Records to put into journals.
final class Records {
    static final LaunchId LAUNCH = new LaunchId("l-0123456789abcdef01234567");
    static final LaunchId OTHER_LAUNCH = new LaunchId("l-89abcdef0123456789abcdef");
    static final ProcessId PROCESS = new ProcessId(4_711, 9_876_543_210L, "boot-1");

    static final VmSpec PLAIN =
            new VmSpec(
                    new Cpu(1, 0, Optional.empty(), Map.of()),
                    new Memory(512L << 20, false, 0, Map.of()),
                    new Boot("/boot/vmlinux", "", "", Map.of()),
                    List.of(),
                    List.of(),
                    new Console(false, "", "", ""),
                    Map.of());

    /// Every field filled, with text that a careless writer would spoil.
    static final VmSpec FULL =
            new VmSpec(
                    new Cpu(2, 8, Optional.of(new Topology(1, 2, 4)), Map.of("avx", "off")),
                    new Memory(8L << 30, true, 16L << 30, Map.of("hugepages", "2M", "a", "b")),
                    new Boot(
                            "/opt/a kernel,with \"marks\"",
                            "/opt/initrd\\n",
                            "console=ttyS0\n\u0000 é 💾 ' ; DROP TABLE vms",
                            Map.of("machine", "microvm")),
                    List.of(
                            new Disk("d0", "/d0", true, true, "virtio-blk", Map.of("k", "v")),
                            new Disk("", "/d1", false, false, "", Map.of())),
                    List.of(new Nic("eth0", "52:54:00:01:02:03", "tap0", "e1000", Map.of("q", ""))),
                    new Console(true, "/var/log/vm.log", "", "serial"),
                    Map.of("team", "infra", "", "empty key"));

    static final List<Phase> PHASES =
            List.of(
                    new Created(),
                    new Booting(LAUNCH),
                    new Running(LAUNCH, PROCESS),
                    new Paused(LAUNCH, PROCESS),
                    new Stopping(LAUNCH, PROCESS, false),
                    new Stopping(LAUNCH, PROCESS, true),
                    new Stopped("the guest powered off"),
                    new Failed("signal 9 \"\n"),
                    new Deleting(List.of()),
                    new Deleting(List.of(LAUNCH, OTHER_LAUNCH)));

    private Records() {}

    static VmRecord record(String id, int slot, VmSpec spec, Phase phase) {
        return new VmRecord(
                new VmId(id),
                spec,
                "qemu",
                "it was asked for",
                slot,
                phase,
                new Run(Instant.parse("2026-01-02T03:04:07Z"), 3, true),
                new Pending.Saving("snap", true),
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                Instant.parse("2026-01-02T03:04:06Z"),
                0);
    }
}
