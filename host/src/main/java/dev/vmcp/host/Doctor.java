package dev.vmcp.host;

import dev.vmcp.host.config.BackendConfig;
import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.doctor.BootTinyGuest;
import dev.vmcp.host.doctor.Finding;
import dev.vmcp.host.doctor.Look;
import dev.vmcp.host.doctor.LookAtCaches;
import dev.vmcp.host.doctor.LookAtCertificate;
import dev.vmcp.host.doctor.LookAtDriver;
import dev.vmcp.host.doctor.LookAtJailer;
import dev.vmcp.host.doctor.LookAtJournal;
import dev.vmcp.host.doctor.LookAtKvm;
import dev.vmcp.host.doctor.LookAtPlaces;
import dev.vmcp.host.doctor.LookAtSystem;
import dev.vmcp.host.doctor.Report;
import dev.vmcp.host.driver.qemu.QemuDriver;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `vmcp doctor`: looks at this machine as a host with the same settings would find it, without
/// one.
public final class Doctor {
    private static final String USAGE =
            """
            Usage: vmcp doctor [--no-boot] [-o json] [FLAGS OF vmcp host]
            Says what of this machine works for VMs, each problem with its cure. Reads the settings
            of vmcp host (see: vmcp host --help), so that it looks at the right directory and ports.
              --no-boot   Do not boot tiny guests.
              -o json     Print the findings for programs.
            Exit codes: 0 VMs can run, 1 they cannot yet, 78 a setting is wrong.
            """;
    static final String NO_BOOT = "--no-boot";
    private static final Path KVM = Path.of("/dev/kvm");

    private static final List<String> ORDER =
            List.of("qemu", "firecracker", "cloudhypervisor", "mvisor");
    private static final Report.Verdict VERDICT =
            new Report.Verdict(
                    "This machine runs VMs. Next: vmcp host",
                    "This machine does not run VMs yet: cure what is marked FAIL.");

    private Doctor() {}

    public static void main(String[] words) {
        System.exit(LookingTool.run(List.of(words), USAGE, Doctor::look));
    }

    private static int look(HostConfig config, LookingTool.Wish wish) {
        try (var loop = new EventLoop();
                var processes = new LinuxProcesses(loop)) {
            var environment = System.getenv();
            var drivers = Rooms.drivers(config, environment, processes, loop);
            var looks = new ArrayList<Look>();
            looks.add(new LookAtSystem(Path.of("/"), environment));
            looks.add(new LookAtKvm(KVM, Path.of("/proc/cpuinfo")));
            for (var name : ORDER) {
                boolean required = name.equals(ORDER.getFirst());
                Optional.ofNullable(drivers.get(name))
                        .ifPresent(driver -> looks.add(new LookAtDriver(driver, required)));
            }
            var firecrackers = config.backend().firecrackers();
            looks.add(
                    new LookAtJailer(
                            firecrackers.jailer(),
                            firecrackers.jail() != BackendConfig.Jail.NEVER,
                            environment));
            looks.addAll(places(config));
            if (!wish.flags().contains(NO_BOOT)) {
                looks.addAll(boots(new QemuDriver(processes, environment, new HostTaps())));
            }
            var findings = new ArrayList<Finding>();
            looks.forEach(look -> findings.addAll(look.findings()));
            var report = new Report(findings, VERDICT);
            report.print(System.out, wish.json());
            return report.healthy() ? 0 : 1;
        }
    }

    private static List<Look> places(HostConfig config) {
        var looks = new ArrayList<Look>();
        var data = config.state().dataDirectory();
        var ports = new ArrayList<>(List.of(config.api().port()));
        if (config.otel().enabled() && config.otel().prometheusEnabled()) {
            ports.add(config.otel().prometheusPort());
        }
        looks.add(new LookAtPlaces(data, ports, Rooms.firstUserOfVms(config) != 0));
        looks.add(new LookAtJournal(data));
        config.api()
                .tls()
                .ifPresent(tls ->
                        looks.add(
                                new LookAtCertificate(
                                        tls.certificate(), tls.key(), InstantSource.system())));
        home().ifPresent(home -> looks.add(new LookAtCaches(home)));
        return looks;
    }

    private static List<Look> boots(QemuDriver qemu) {
        var looks = new ArrayList<Look>();
        looks.add(new BootTinyGuest(qemu, Map.of("accel", "tcg"), "with tcg"));
        if (Files.isWritable(KVM)) {
            looks.add(new BootTinyGuest(qemu, Map.of("accel", "kvm"), "with kvm"));
        }
        return looks;
    }

    /// Where the launcher is that started us, if one did.
    private static Optional<Path> home() {
        var first = System.getProperty("java.class.path", "").split(":", 2)[0];
        var jar = Path.of(first).toAbsolutePath();
        return Optional.ofNullable(jar.getParent())
                .filter(lib -> lib.endsWith("lib"))
                .map(Path::getParent);
    }
}
