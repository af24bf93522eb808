package dev.vmcp.host;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `vmcp doctor`: looks at this machine without a host, and says what of it works.
public final class Doctor {
    private static final String USAGE =
            """
            Usage: vmcp doctor [--no-boot] [--data-dir=DIR]
            Says what of this machine works for VMs, each problem with its cure.
              --no-boot        Do not boot tiny guests.
              --data-dir=DIR   Where a host would keep its state. Also VMCP_DATA_DIR.
            Exit codes: 0 VMs can run, 1 they cannot yet, 2 the command line is wrong.
            """;
    private static final Path KVM = Path.of("/dev/kvm");
    private static final List<Integer> PORTS = List.of(8080, 9464);

    private Doctor() {}

    public static void main(String[] words) {
        var boot = true;
        var data = System.getenv().getOrDefault("VMCP_DATA_DIR", "/var/lib/vmcp");
        for (var word : words) {
            if (word.equals("--help") || word.equals("-h")) {
                System.out.print(USAGE);
                return;
            } else if (word.equals("--no-boot")) {
                boot = false;
            } else if (word.startsWith("--data-dir=") && word.length() > "--data-dir=".length()) {
                data = word.substring("--data-dir=".length());
            } else {
                System.err.println("vmcp doctor: '" + word + "' is not known");
                System.err.print(USAGE);
                System.exit(2);
            }
        }
        System.exit(examine(Path.of(data), boot) ? 0 : 1);
    }

    private static boolean examine(Path data, boolean boot) {
        try (var loop = new EventLoop();
                var processes = new LinuxProcesses(loop)) {
            var environment = System.getenv();
            var qemu = new QemuDriver(processes, environment, new HostTaps());
            var looks = new ArrayList<Look>();
            looks.add(new LookAtSystem(Path.of("/"), environment));
            looks.add(new LookAtKvm(KVM, Path.of("/proc/cpuinfo")));
            looks.add(new LookAtDriver(qemu, true));
            looks.add(new LookAtPrograms(processes, environment));
            looks.add(new LookAtPlaces(data, PORTS));
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
