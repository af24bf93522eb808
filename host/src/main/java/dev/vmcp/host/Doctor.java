package dev.vmcp.host;

import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.config.Program;
import dev.vmcp.host.doctor.BootTinyGuest;
import dev.vmcp.host.doctor.Finding;
import dev.vmcp.host.doctor.Look;
import dev.vmcp.host.doctor.LookAtDriver;
import dev.vmcp.host.doctor.LookAtKvm;
import dev.vmcp.host.doctor.LookAtPlaces;
import dev.vmcp.host.doctor.LookAtPrograms;
import dev.vmcp.host.doctor.LookAtSystem;
import dev.vmcp.host.doctor.Report;
import dev.vmcp.host.driver.qemu.QemuDriver;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.platform.config.Startup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `vmcp doctor`: looks at this machine as a host with the same settings would find it, without
/// one.
public final class Doctor {
    private static final String USAGE =
            """
            Usage: vmcp doctor [--no-boot] [FLAGS OF vmcp host]
            Says what of this machine works for VMs, each problem with its cure. Reads the settings
            of vmcp host (see: vmcp host --help), so that it looks at the right directory and ports.
              --no-boot   Do not boot tiny guests.
            Exit codes: 0 VMs can run, 1 they cannot yet, 78 a setting is wrong.
            """;
    private static final String NO_BOOT = "--no-boot";
    private static final Path KVM = Path.of("/dev/kvm");

    private Doctor() {}

    public static void main(String[] words) {
        System.exit(run(List.of(words)));
    }

    private static int run(List<String> words) {
        if (words.contains("--help") || words.contains("-h")) {
            System.out.print(USAGE);
            return 0;
        }
        var flags = words.stream().filter(word -> !word.equals(NO_BOOT)).toList();
        var startup =
                HostConfig.read(Program.VMCP, flags, System.getenv(), Startup.Output.standard());
        return switch (startup) {
            case Startup.End<HostConfig>(var status) -> status;
            case Startup.Go<HostConfig>(var config) ->
                    examine(config, !words.contains(NO_BOOT)) ? 0 : 1;
        };
    }

    private static boolean examine(HostConfig config, boolean boot) {
        try (var loop = new EventLoop();
                var processes = new LinuxProcesses(loop)) {
            var environment = System.getenv();
            var qemu = new QemuDriver(processes, environment, new HostTaps());
            var looks = new ArrayList<Look>();
            looks.add(new LookAtSystem(Path.of("/"), environment));
            looks.add(new LookAtKvm(KVM, Path.of("/proc/cpuinfo")));
            looks.add(new LookAtDriver(qemu, true));
            looks.add(new LookAtPrograms(processes, environment));
            looks.add(
                    new LookAtPlaces(config.state().dataDirectory(), List.of(config.api().port())));
            if (boot) {
                looks.add(new BootTinyGuest(qemu, Map.of("accel", "tcg"), "with tcg"));
                if (Files.isWritable(KVM)) {
                    looks.add(new BootTinyGuest(qemu, Map.of("accel", "kvm"), "with kvm"));
                }
            }
            var findings = new ArrayList<Finding>();
            looks.forEach(look -> findings.addAll(look.findings()));
            var report = new Report(findings);
            report.print(System.out);
            return report.healthy();
        }
    }
}
