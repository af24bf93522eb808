package dev.vmcp.host.driver.mvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process that MVisor runs in: what it holds, who reaches it, and what becomes of its guest.
final class MvisorProcessTest {

    @TempDir Path directory;
    private MvisorStage stage;
    private final Heard heard = new Heard();

    @BeforeEach
    void setUp() throws IOException {
        stage = new MvisorStage(directory);
    }

    @AfterEach
    void clear() {
        // None where the set-up found that nothing can be shown here.
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void itsVncIsInANetworkThatNobodyElseIsIn() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            var proc = proc(live);
            assertThat(Files.readSymbolicLink(proc.resolve("ns/net")))
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
            Eventually.holds(
                    "its VNC port 5901 on every address",
                    () -> Files.readString(proc.resolve("net/tcp")).contains("00000000:170D"));
            assertThat(Files.readString(proc.resolve("net/dev")).lines().count())
                    .as("two lines of headings, and lo")
                    .isEqualTo(3);
        }
    }

    @Test
    void nothingOfOursIsInherited() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            var disk = stage.disk().toRealPath().toString();
            assertThat(links(proc(live)))
                    .allMatch(target ->
                            target.equals("/dev/null")
                                    || target.equals("/dev/kvm")
                                    || target.startsWith("anon_inode:")
                                    || target.startsWith("socket:")
                                    || target.startsWith(launch.directory().toString())
                                    || target.equals(disk));
            var environment = Files.readString(proc(live).resolve("environ"));
            assertThat(environment.split("\0", -1))
                    .allMatch(variable ->
                            variable.isEmpty()
                                    || variable.startsWith("LD_PRELOAD=")
                                    || variable.startsWith("_STDBUF_O="));
            assertThat(links(Path.of("/proc/self"))).noneMatch(target -> target.contains(disk));
        }
    }

    @Test
    void aGuestThatRestartsItselfDoesSoInPlaceAndIsHeardAsBefore() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            stage.awaitUp(launch);
            stage.serial(launch).forget();
            stage.tell('R');
            stage.serial(launch).await(TinyGuest.BANNER);
            stage.tell('P');
            heard.await("powered off");
            assertThat(live.observe(soon())).isEqualTo(GuestState.POWERED_OFF);
            assertThat(heard.words()).containsExactly("powered off");
        }
    }

    @Test
    void whatAGuestPrintsWithoutANewlineShowsAtOnce() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            stage.awaitUp(launch);
            stage.serial(launch).forget();
            live.pause(soon());
            stage.tell('F');
            live.resume(soon());
            stage.serial(launch).await(TinyGuest.BANNER + TinyGuest.BANNER);
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
        }
    }

    @Test
    void aGuestOfTwoProcessorsRunsAndIsSeenToEnd() throws Exception {
        var launch = stage.launch();
        var two = new VmSpec.Cpu(2, 0, Optional.empty(), Map.of());
        try (var live = boot(Specs.with(stage.spec(), two), launch)) {
            stage.awaitUp(launch);
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            stage.tell('P');
            heard.await("powered off");
        }
    }

    @Test
    void anMvisorThatLosesItsRaceAtTheStartIsStartedOnceMore() throws Exception {
        var real = installed();
        var program = directory.resolve("racing/bin/mvisor");
        Files.createDirectories(program.getParent());
        Files.createSymbolicLink(
                directory.resolve("racing/share"),
                Path.of(real).toRealPath().resolve("../../share").normalize());
        Files.writeString(
                program,
                """
                #!/bin/sh
                [ "$1" = --version ] || /bin/mkdir "$0.lost" 2>&- || exec %s "$@"
                [ "$1" != --version ] || exec echo MVisor: 9.8
                said='Assertion failed, current_vcpu_'
                echo "[0.198] core/vcpu.cc:511 SignalHandler() panic-error: $said" >&2
                kill -ABRT $$
                """
                        .formatted(real));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        var driver = new MvisorDriver(stage.processes(), Map.of("VMCP_MVISOR", program.toString()));
        var launch = stage.launch();
        try (var live = driver.prepare(stage.spec(), launch).boot(heard, soon())) {
            stage.awaitUp(launch);
            assertThat(directory.resolve("racing/bin/mvisor.lost")).exists();
            live.process().kill();
            assertThat(live.process().await(soon())).isPresent();
        }
    }

    private String installed() {
        return ((Probe.Installed) stage.driver().probe()).path();
    }

    @Test
    void aReadOnlyDiskIsReadOnly() throws Exception {
        var launch = stage.launch();
        var readOnly = Specs.disk("root", stage.disk().toString(), true);
        var spec = Specs.with(Specs.plain("", "", MvisorStage.MEMORY), readOnly);
        try (var live = boot(spec, launch)) {
            stage.awaitUp(launch);
            var disk = stage.disk().toRealPath().toString();
            try (Stream<Path> descriptors = Files.list(proc(live).resolve("fd"))) {
                var open =
                        descriptors
                                .filter(one -> link(one).equals(disk))
                                .map(one -> one.getFileName().toString())
                                .toList();
                assertThat(open).hasSize(2);
                for (var one : open) {
                    assertThat(Files.readString(proc(live).resolve("fdinfo").resolve(one)))
                            .as("access mode")
                            .containsPattern("flags:\\s+0[0-7]*0\n");
                }
            }
        }
    }

    @Test
    void anEndFromOutsideIsNobodysWishAndLeavesNothing() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            stage.awaitUp(launch);
            new ProcessBuilder("kill", Long.toString(live.process().id().pid())).start().waitFor();
            var exit = live.process().await(soon()).orElseThrow();
            assertThat(stage.driver().ended(launch, exit)).isInstanceOf(Ended.Unasked.class);
        }
        assertThat(stage.running()).isEmpty();
    }

    @Test
    void aMemoryThatCannotBeHadIsTheVmmsRefusalInItsWords() throws Exception {
        var spec = Specs.with(stage.spec(), new VmSpec.Memory(1L << 50, false, 0, Map.of()));
        var prepared = stage.driver().prepare(spec, stage.launch());
        var failure =
                catchThrowableOfType(
                        DriverException.class, () -> prepared.boot(heard, soon()).close());
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure.getMessage()).contains("memory").doesNotContain(directory.toString());
        assertThat(stage.running()).isEmpty();
    }

    @Test
    void aDiskThatTheVmsOwnUserMayNotOpenIsNamedWithACure() throws Exception {
        Files.setPosixFilePermissions(stage.disk(), PosixFilePermissions.fromString("rw-r--r--"));
        var launch = stage.launchAs(64_124);
        var failure =
                catchThrowableOfType(
                        DriverException.class, () -> stage.driver().prepare(stage.spec(), launch));
        assertThat(failure.kind()).isEqualTo(Kind.HOST);
        assertThat(failure).hasMessageContainingAll(stage.disk().toString(), "64124", "cure");
    }

    @Test
    void aProgramWithoutItsFirmwareIsMissingWithACure() throws Exception {
        var program = directory.resolve("lone/bin/mvisor");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\necho MVisor: 9.8\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        var environment = Map.of("VMCP_MVISOR", program.toString());
        assertThat(new MvisorDriver(stage.processes(), environment).probe())
                .isInstanceOfSatisfying(
                        Probe.Missing.class,
                        missing -> assertThat(missing.why()).contains("bios-256k.bin", "cure"));
    }

    @Test
    void aListenerIsTheSameGuestAsTheQuietOneToItsHost() throws Exception {
        BootSectorGuest.writeTo(stage.disk(), false);
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            stage.serial(launch).await(TinyGuest.BANNER);
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            assertThat(live.counters(soon()).cpuMillis()).isPositive();
        }
    }

    private Live boot(VmSpec spec, Launch launch) {
        return stage.driver().prepare(spec, launch).boot(heard, soon());
    }

    private static Path proc(Live live) {
        return Path.of("/proc/" + live.process().id().pid());
    }

    private static List<String> links(Path proc) throws IOException {
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            return descriptors.map(MvisorProcessTest::link).toList();
        }
    }

    private static String link(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "/dev/null";
        }
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
