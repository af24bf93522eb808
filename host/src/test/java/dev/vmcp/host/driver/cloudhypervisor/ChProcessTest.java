package dev.vmcp.host.driver.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.process.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is particular to the real Cloud Hypervisor.
final class ChProcessTest {

    private static final int RESTARTS = 200;

    @TempDir Path directory;
    private ChStage stage;
    private final Heard heard = new Heard();

    @BeforeEach
    void setUp() throws IOException {
        stage = new ChStage(directory);
    }

    @AfterEach
    void clear() {
        // None where the set-up found that nothing can be shown here.
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void theConsoleStaysWhereItIsThroughTwoHundredRestarts() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            stage.awaitUp(launch);
            var port = stage.driver().serial(launch);
            var console = stage.serial(launch);
            for (var i = 0; i < RESTARTS; i++) {
                console.forget();
                live.reset(soon());
                console.await("nonce=");
            }
            console.awaitListener();
            assertThat(stage.driver().serial(launch)).isEqualTo(port);
            assertThat(heard.words()).isEmpty();
        }
    }

    @Test
    void aVmAtRestCostsFewDescriptors() throws Exception {
        var launch = stage.launch();
        try (var first = boot(stage.spec(), stage.launch())) {
            var before = descriptors();
            try (var live = boot(stage.spec(), launch)) {
                assertThat(live.observe(soon())).isEqualTo(first.observe(soon()));
                // Its events, its pidfd here, and the pidfd that the stage keeps.
                assertThat(descriptors() - before).isLessThanOrEqualTo(3);
            }
        }
    }

    @Test
    void aDiskOutsideOfALaunchIsPluggedInAllTheSame() throws Exception {
        var disk = Files.write(directory.resolve("disk.raw"), new byte[1 << 20]);
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            var plugs = live.hotplug().orElseThrow();
            plugs.attach(Specs.disk("more", disk.toString(), false), soon());
            plugs.attach(Specs.disk("more", disk.toString(), false), soon());
            try (var api = new ChApi(launch, live.process())) {
                assertThat(api.info(soon()).configured("disks", "disk-more")).isTrue();
            }
        }
    }

    @Test
    void aGuestThatLetsNothingGoIsSaidSoAndADeviceThatIsNotThereIsGone() throws Exception {
        var disk = Files.write(directory.resolve("disk.raw"), new byte[1 << 20]);
        var deaf = Specs.plain(stage.kernel().toString(), "", ChStage.ENOUGH);
        var spec = Specs.with(deaf, Specs.disk("one", disk.toString(), false));
        try (var live = boot(spec, stage.launch())) {
            var plugs = live.hotplug().orElseThrow();
            plugs.detachDisk("never-there", soon());
            var failure =
                    catchThrowableOfType(
                            DriverException.class,
                            () -> plugs.detachDisk("one", Deadline.in(Duration.ofMillis(500))));
            assertThat(failure.kind()).isEqualTo(Kind.SILENT);
            live.reset(soon());
            plugs.detachDisk("one", soon());
        }
    }

    @Test
    void whatAGuestWasNotCreatedForItDoesNotGet() throws Exception {
        var spec = stage.roomy();
        try (var live = boot(spec, stage.launch())) {
            var resizing = live.resizing().orElseThrow();
            resizing.resizeCpus(spec.cpu().max(), soon());
            resizing.resizeMemory(spec.memory().maxBytes(), soon());
            assertThat(refusal(() -> resizing.resizeCpus(spec.cpu().max() + 1, soon())))
                    .isEqualTo("virtual CPUs: 3 (expected: 1 to 2)");
            assertThat(refusal(() -> resizing.resizeMemory(1L << 40, soon())))
                    .startsWith(
                            "memory: 1099511627776 bytes (expected: 67108864, which it was started"
                                    + " with, to 134217728");
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
        }
    }

    @Test
    void virtualCpusThatTheGuestKeepsAreNotSaidToBeGone() throws Exception {
        var spec = stage.roomy();
        var launch = stage.launch();
        try (var live = boot(spec, launch)) {
            stage.awaitUp(launch);
            var resizing = live.resizing().orElseThrow();
            resizing.resizeCpus(2, soon());
            var brief = Deadline.in(Duration.ofMillis(500));
            var failure =
                    catchThrowableOfType(
                            DriverException.class, () -> resizing.resizeCpus(1, brief));
            assertThat(failure.kind()).isEqualTo(Kind.SILENT);
            assertThat(refusal(() -> resizing.resizeCpus(1, soon()))).contains("has not let go");
        }
    }

    @Test
    void aNoteThatIsNotOursIsNotFollowed() throws Exception {
        var launch = stage.launch();
        var note = Files.writeString(launch.directory().resolve("serial.tty"), "/dev/pts/0");
        Files.setPosixFilePermissions(note, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(stage.driver().serial(launch)).isEmpty();
        Files.delete(note);
        Files.createSymbolicLink(note, directory.resolve("elsewhere"));
        assertThat(stage.driver().serial(launch)).isEmpty();
    }

    private Live boot(VmSpec spec, Launch launch) {
        return stage.driver().prepare(spec, launch).boot(heard, soon());
    }

    private static String refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        var failure = catchThrowableOfType(DriverException.class, call);
        assertThat(failure.kind()).isEqualTo(Kind.NOT_NOW);
        return String.valueOf(failure.getMessage());
    }

    private static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
