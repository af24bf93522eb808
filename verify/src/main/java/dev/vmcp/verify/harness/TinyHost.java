package dev.vmcp.verify.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How a host is set up that runs tiny guests: on KVM where it can be had, quick to start.
public final class TinyHost {

    private static final Path KVM = Path.of("/dev/kvm");

    private TinyHost() {}

    public static HostProcess.Setup setup(Path data) {
        var log = data.resolveSibling(data.getFileName() + ".log");
        var environment =
                kvm()
                        // A KVM that only root may open is of no use to a VMM with a uid of its
                        // own.
                        ? Map.of("VMCP_QEMU_ACCEL", "kvm", "VMCP_UID_BASE", "0")
                        : Map.of("VMCP_QEMU_ACCEL", "tcg");
        return new HostProcess.Setup(
                data, log, environment, List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"), List.of());
    }

    /// Whether QEMU is on the search path.
    public static boolean qemu() {
        return installed("qemu-system-x86_64");
    }

    /// Whether this program is on the search path.
    public static boolean installed(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /// Whether `/dev/kvm` may be used by us.
    public static boolean kvm() {
        return Files.isReadable(KVM) && Files.isWritable(KVM);
    }
}
