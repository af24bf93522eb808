package dev.vmcp.host.driver.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.process.Deadline;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process that QEMU runs in: what it holds, what it may do, and what becomes of its guest.
final class QemuProcessTest {

    private static final int NOBODY_ELSE = 64_123;
    private static final Map<String, String> TCG = Map.of("accel", "tcg");

    @TempDir Path directory;
    private QemuStage stage;
    private final Heard heard = new Heard();

    @BeforeEach
    void setUp() throws IOException {
        stage = new QemuStage(directory);
    }

    @AfterEach
    void clear() {
        stage.close();
    }

    @Test
    void aGuestLivesOnWhenWeDoNot() throws Exception {
        var launch = stage.launch();
        var first = boot(stage.spec(), launch);
        stage.awaitUp(launch);
        var nonce = stage.serial(launch).nonce();
        first.close();
        stage.serial(launch).echo("whilenobodylistens");
        var process = stage.processes().adopt(first.process().id()).orElseThrow();
        try (process;
                var second = stage.driver().adopt(stage.spec(), launch, process, heard, soon())) {
            assertThat(stage.serial(launch).nonce()).isEqualTo(nonce);
            second.reset(soon());
            stage.awaitUp(launch);
            assertThat(stage.serial(launch).nonce()).isNotEqualTo(nonce);
        }
    }

    @Test
    void aSecondSessionIsToldThatTheFirstHoldsTheMonitor() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            var failure =
                    failure(() ->
                            stage.driver()
                                    .adopt(
                                            stage.spec(),
                                            launch,
                                            live.process(),
                                            heard,
                                            Deadline.in(Duration.ofSeconds(1)))
                                    .close());
            assertThat(failure.kind()).isEqualTo(Kind.SILENT);
            assertThat(failure).hasMessageContaining("another client");
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
        }
    }

    @Test
    void nothingOfOursIsInherited() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            var proc = Path.of("/proc/" + live.process().id().pid());
            assertThat(Files.readAllBytes(proc.resolve("environ"))).isEmpty();
            var kernel = stage.kernel().toRealPath().toString();
            assertThat(links(proc))
                    .allMatch(target ->
                            target.equals("/dev/null")
                                    || target.equals("/dev/kvm")
                                    || target.startsWith("anon_inode:")
                                    || target.startsWith("socket:")
                                    || target.startsWith(launch.directory().toString())
                                    || target.equals(kernel));
            assertThat(links(Path.of("/proc/self")))
                    .noneMatch(target -> target.contains(stage.kernel().toString()));
            var stat = Files.readString(proc.resolve("stat"));
            var session = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
            assertThat(Long.parseLong(session)).isEqualTo(live.process().id().pid());
        }
    }

    @Test
    void aVmmOfItsOwnUserMayDoNothingElse() throws Exception {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "only root changes users");
        Files.setPosixFilePermissions(stage.kernel(), PosixFilePermissions.fromString("rw-------"));
        var launch = stage.launchAs(NOBODY_ELSE);
        try (var live = boot(stage.spec("vmcp.listen", TCG, List.of()), launch)) {
            stage.awaitUp(launch);
            assertThat(Files.readString(Path.of("/proc/" + live.process().id().pid() + "/status")))
                    .containsPattern("Uid:\\s+64123\\s+64123\\s+64123\\s+64123")
                    .containsPattern("Gid:\\s+64123\\s+64123\\s+64123\\s+64123")
                    .containsPattern("Groups:\\s*\\n")
                    .containsPattern("CapEff:\\s+0{16}")
                    .containsPattern("CapBnd:\\s+0{16}")
                    .containsPattern("NoNewPrivs:\\s+1")
                    .containsPattern("Seccomp:\\s+2");
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
        }
        assertThat(Files.getAttribute(stage.kernel(), "unix:uid")).isEqualTo(0);
    }

    @Test
    void aDiskIsWrittenByOneVmOnly() throws Exception {
        var disk = directory.resolve("disk,with=comma.raw");
        try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(1 << 20);
        }
        var spec = stage.spec("", Map.of(), List.of(disk(disk, false)));
        try (var live = boot(spec, stage.launch())) {
            assertThat(live.counters(soon()).storage().bytesWritten()).isZero();
            var failure = failure(() -> boot(spec, stage.launch()));
            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
            assertThat(failure).hasMessageContaining("lock");
            assertThat(stage.running()).hasSize(1);
        }
    }

    @Test
    void readersShareADisk() throws Exception {
        var disk = Files.write(directory.resolve("disk.raw"), new byte[1 << 16]);
        var spec = stage.spec("", Map.of(), List.of(disk(disk, true)));
        try (var first = boot(spec, stage.launch());
                var second = boot(spec, stage.launch())) {
            assertThat(first.process().id()).isNotEqualTo(second.process().id());
        }
    }

    @Test
    void whatQemuRefusesIsSaidInItsWordsWithoutPathsOfOurs() throws Exception {
        var plain = stage.spec();
        var odd =
                new VmSpec(
                        new VmSpec.Cpu(1, 0, Optional.empty(), Map.of("model", "nonesuch")),
                        plain.memory(),
                        plain.boot(),
                        List.of(),
                        List.of(),
                        plain.console(),
                        Map.of());
        var failure = failure(() -> boot(odd, stage.launch()));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessage("unable to find CPU model 'nonesuch'");
        assertThat(stage.running()).isEmpty();
    }

    @Test
    void aDiskThatIsGoneIsTheHostsFault() {
        var spec = stage.spec("", Map.of(), List.of(disk(directory.resolve("gone"), false)));
        assertThat(failure(() -> boot(spec, stage.launch())).kind()).isEqualTo(Kind.HOST);
        assertThat(stage.running()).isEmpty();
    }

    @Test
    void aLaunchDirectoryIsUsedOnce() {
        var launch = stage.launch();
        stage.driver().prepare(stage.spec(), launch);
        assertThat(failure(() -> stage.driver().prepare(stage.spec(), launch)).kind())
                .isEqualTo(Kind.HOST);
    }

    @Test
    void aGuestThatFloodsItsConsoleLeavesTheMonitorAlone() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec("vmcp.listen", TCG, List.of()), launch)) {
            stage.awaitUp(launch);
            stage.serial(launch).send("F");
            stage.serial(launch).await("flood");
            for (var i = 0; i < 20; i++) {
                assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            }
            stage.serial(launch).send("x");
            stage.serial(launch).awaitListener();
        }
    }

    @Test
    void aGuestThatHangsIgnoresItsButtonAndIsReset() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            stage.awaitUp(launch);
            stage.serial(launch).send("H");
            stage.serial(launch).await("vmcp hangs");
            live.powerButton(soon());
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            live.reset(soon());
            stage.awaitUp(launch);
            assertThat(heard.words()).isEmpty();
        }
    }

    private Live boot(VmSpec spec, Launch launch) {
        return stage.driver().prepare(spec, launch).boot(heard, soon());
    }

    private static VmSpec.Disk disk(Path path, boolean readOnly) {
        return new VmSpec.Disk("d", path.toString(), readOnly, false, "", Map.of());
    }

    private static List<String> links(Path proc) throws IOException {
        try (var descriptors = Files.list(proc.resolve("fd"))) {
            return descriptors.map(QemuProcessTest::target).toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "/dev/null";
        }
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static DriverException failure(ThrowingCallable call) {
        var failure = catchThrowableOfType(DriverException.class, call);
        assertThat(failure).isNotNull();
        return failure;
    }
}
