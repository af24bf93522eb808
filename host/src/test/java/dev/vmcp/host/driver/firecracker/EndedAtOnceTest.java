package dev.vmcp.host.driver.firecracker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real Firecracker, which starts its guest before it can be asked whether that runs.
final class EndedAtOnceTest {

    private static final Reaction HEARD = new Heard(_ -> {});

    @TempDir private Path directory;

    private FirecrackerStage stage;

    @BeforeEach
    void begin() throws Exception {
        stage = new FirecrackerStage(directory, false);
    }

    @AfterEach
    void end() {
        if (stage != null) {
            stage.close();
        }
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    /// Its reset waits in the serial port when it begins.
    @Test
    void aGuestThatRestartsWhileItIsAskedForHasBooted() throws Exception {
        for (var i = 0; i < 5; i++) {
            var launch = stage.launch();
            var prepared = stage.driver().prepare(stage.spec(), launch);
            try (var input = new RandomAccessFile(launch.serialIn().toFile(), "rw")) {
                input.write("R".getBytes(US_ASCII));
                assertRestarts(prepared, launch);
            }
            stage.remove(launch);
        }
    }

    @Test
    void aGuestThatWasGoneBeforeItWasAskedForHasBooted() throws Exception {
        var said = "Successfully started microvm that was configured from one single json";
        var launch = stage.launch();
        assertRestarts(only(said).prepare(stage.spec(), launch), launch);
        stage.remove(launch);
        var never = stage.launch();
        assertThatThrownBy(() -> only("").prepare(stage.spec(), never).boot(HEARD, soon()))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("ended while starting");
        stage.remove(never);
    }

    /// As it says that /dev/kvm may not be opened.
    @Test
    void whatItRefusesOverTwoLinesIsSaidWhole() throws Exception {
        var said =
                """
                2026-11-22T03:02:58.763098242 [x:main] RunWithApiError error: Failed to build \
                MicroVM from Json: Could not Start MicroVM from one single json: Kvm error: No. \
                Make sure the user is \\
                configured on the ACL.
                2026-11-22T03:02:58.763161696 [x:main] Firecracker exiting with error. exit_code=1
                """;
        var launch = stage.launch();
        assertThatThrownBy(() -> only(said).prepare(stage.spec(), launch).boot(HEARD, soon()))
                .isInstanceOf(DriverException.class)
                .hasMessage("Kvm error: No. Make sure the user is configured on the ACL.");
        stage.remove(launch);
    }

    private void assertRestarts(Prepared prepared, Launch launch) throws Exception {
        try (var live = prepared.boot(HEARD, soon())) {
            var exit = live.process().await(soon());
            assertThat(exit).isPresent();
            assertThat(stage.driver().ended(launch, exit.get()))
                    .isInstanceOf(Ended.RestartWanted.class);
        }
    }

    /// Has a program that says so and ends well.
    private Driver only(String said) throws IOException {
        var program = directory.resolve("firecracker");
        Files.writeString(
                program,
                "#!/bin/sh\n[ \"$1\" = --version ] && exec echo Firecracker v1.15.1\nprintf"
                        + " '%s\\n' '"
                        + said
                        + "' > firecracker.log\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        var environment =
                Map.of(
                        "VMCP_FIRECRACKER",
                        program.toString(),
                        "PATH",
                        System.getenv("PATH"),
                        Programs.JAIL,
                        "never");
        return stage.driver(stage.processes(), environment);
    }

    /// One that is asked too early mostly says something else.
    @RepeatedTest(3)
    void whatItRefusesIsSaidInItsOwnWords() throws Exception {
        var spec = stage.spec();
        Files.writeString(Path.of(spec.boot().kernel()), "no kernel");
        var launch = stage.launch();
        assertThatThrownBy(() -> stage.driver().prepare(spec, launch).boot(HEARD, soon()))
                .isInstanceOf(DriverException.class)
                .hasMessageStartingWith("System configuration error: Cannot load kernel");
        stage.remove(launch);
    }
}
