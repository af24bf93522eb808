package dev.vmcp.host.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.HostTaps;
import dev.vmcp.host.doctor.Finding.Level;
import dev.vmcp.host.driver.qemu.QemuDriver;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {
    @TempDir Path directory;

    @Test
    void aMissingKvmIsALimitWithACure() {
        var found = new LookAtKvm(directory.resolve("kvm"), directory.resolve("cpu")).findings();

        assertThat(found)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.LIMITED);
                    assertThat(finding.cure()).contains("modprobe");
                });
    }

    @Test
    void theCpuTellsWhatKvmRuns() throws IOException {
        var device = Files.createFile(directory.resolve("kvm"));
        Files.setPosixFilePermissions(device, PosixFilePermissions.fromString("rw-rw-rw-"));
        var cpu = directory.resolve("cpuinfo");

        Files.writeString(cpu, "model name : x\nflags\t\t: fpu vme svm lm\n");
        assertThat(new LookAtKvm(device, cpu).findings().getFirst().fact()).contains("svm: any");

        Files.writeString(cpu, "flags\t\t: fpu vme svm_lock\nbugs: vmx\n");
        assertThat(new LookAtKvm(device, cpu).findings().getFirst())
                .returns(Level.LIMITED, Finding::level)
                .extracting(Finding::fact)
                .asString()
                .contains("only guests made for it");
    }

    @Test
    void aDeviceForRootOnlyIsALimit() throws IOException {
        var device = Files.createFile(directory.resolve("kvm"));
        Files.setPosixFilePermissions(device, PosixFilePermissions.fromString("rw-------"));

        assertThat(new LookAtKvm(device, directory.resolve("cpu")).findings())
                .last()
                .extracting(Finding::cure)
                .asString()
                .contains("chgrp kvm");
    }

    @Test
    void aMachineWithoutAnythingGetsACureForEachLack() {
        var found = new LookAtSystem(directory, Map.of("PATH", directory.toString())).findings();

        assertThat(found)
                .extracting(Finding::subject, Finding::level)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("java", Level.GOOD),
                        org.assertj.core.groups.Tuple.tuple("memory", Level.LIMITED),
                        org.assertj.core.groups.Tuple.tuple("huge pages", Level.LIMITED),
                        org.assertj.core.groups.Tuple.tuple("tap", Level.LIMITED),
                        org.assertj.core.groups.Tuple.tuple("cgroups", Level.LIMITED),
                        org.assertj.core.groups.Tuple.tuple("setpriv", Level.LIMITED));
        assertThat(found)
                .filteredOn(f -> f.level() != Level.GOOD)
                .allMatch(f -> !f.cure().isEmpty());
    }

    @Test
    void aTakenPortAndAnImpossibleDirectoryAreSeen() throws IOException {
        var file = Files.createFile(directory.resolve("file"));
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = taken.getLocalPort();

            assertThat(new LookAtPlaces(file.resolve("data"), List.of(port), false).findings())
                    .extracting(Finding::level)
                    .containsExactly(Level.BROKEN, Level.LIMITED);
            assertThat(new LookAtPlaces(directory.resolve("a/b/c"), List.of(), false).findings())
                    .extracting(Finding::level)
                    .containsExactly(Level.GOOD);
        }
        assertThat(directory.resolve("a")).doesNotExist();
    }

    @Test
    void aDirectoryThatVmmsCannotEnterIsSeen() throws IOException {
        var home = Files.createDirectory(directory.resolve("home"));
        var data = home.resolve("not/yet/there");
        // All that is above is closed, too: the nearest is named.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-x---"));

        assertThat(new LookAtPlaces(data, List.of(), true).findings())
                .last()
                .returns(Level.LIMITED, Finding::level)
                .returns("chmod o+x " + home, Finding::cure);
        assertThat(new LookAtPlaces(data, List.of(), false).findings()).hasSize(1);

        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-x--x"));
        assertThat(new LookAtPlaces(data, List.of(), true).findings())
                .extracting(Finding::cure)
                .doesNotContain("chmod o+x " + home);
    }

    @Test
    void aTinyGuestBootsAndLeavesNothingBehind() throws IOException {
        try (var loop = new EventLoop();
                var processes = new LinuxProcesses(loop)) {
            var qemu = new QemuDriver(processes, System.getenv(), new HostTaps());
            var before = leftovers();

            var found = new BootTinyGuest(qemu, Map.of("accel", "tcg"), "with tcg").findings();

            assertThat(found)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.level()).as(finding.fact()).isEqualTo(Level.GOOD);
                        assertThat(finding.fact()).contains("boots in", "with tcg");
                    });
            assertThat(leftovers()).isEqualTo(before);
        }
    }

    private static List<Path> leftovers() throws IOException {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(p -> p.getFileName().toString().startsWith("vmcp-doctor")).toList();
        }
    }

    @Test
    void theReportAlignsFindingsAndNamesCures() {
        var report =
                new Report(
                        List.of(
                                Finding.good("kvm", "opens"),
                                Finding.broken("firecracker", "gone", "install it")),
                        new Report.Verdict("good", "This machine does not run VMs yet."));
        var out = new ByteArrayOutputStream();
        report.print(new PrintStream(out, true, StandardCharsets.UTF_8), false);

        assertThat(report.healthy()).isFalse();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        ok    kvm          opens
                        FAIL  firecracker  gone
                                           cure: install it

                        This machine does not run VMs yet.
                        """);
    }
}
