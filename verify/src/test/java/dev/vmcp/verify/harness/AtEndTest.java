package dev.vmcp.verify.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that start hosts, such as a benchmark that somebody has had enough of.
class AtEndTest {

    @TempDir private Path directory;

    @BeforeEach
    void runsOnQemu() {
        assumeTrue(TinyHost.qemu(), "qemu-system-x86_64 is not on PATH");
    }

    @AfterEach
    void nothingOutlivesTheTest() {
        VmmProcesses.of(data())
                .keySet()
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void aProgramThatIsToldToEndTakesItsHostAndGuestsAlong(String signal) throws Exception {
        long host = stopped(signal, directory.toString());

        assertThat(VmmProcesses.startTicks(host)).isEmpty();
        assertThat(VmmProcesses.of(data())).isEmpty();
        assertThat(data().resolve("vms")).isEmptyDirectory();
        assertThat(data().resolve("launches")).isEmptyDirectory();
    }

    @Test
    void itTakesGuestsAlongWhoseHostWasKilledBefore() throws Exception {
        long host = stopped("TERM", directory.toString(), "killed");

        assertThat(VmmProcesses.startTicks(host)).isEmpty();
        assertThat(VmmProcesses.of(data())).isEmpty();
    }

    private Path data() {
        return directory.resolve("data");
    }

    /// Starts such a program, tells it to end once its guest runs, and waits until it has; returns
    /// its host's pid.
    private long stopped(String signal, String... arguments) throws Exception {
        var process = program(arguments);
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            var line = lines.readLine();
            while (line != null && !line.startsWith("ready ")) {
                line = lines.readLine();
            }
            assertThat(line).as("its last words").startsWith("ready ");
            assertThat(VmmProcesses.of(data())).hasSize(1);

            var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()));
            assertThat(kill.start().waitFor()).isZero();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return Long.parseLong(line.substring("ready ".length()));
        } finally {
            process.destroyForcibly();
        }
    }

    /// It heeds each signal also where this test was started in the background, which ignores some.
    private Process program(String... arguments) throws IOException {
        var program = MainClass.process(Stopped.class, arguments);
        var command = new ArrayList<>(List.of("/usr/bin/env", "--default-signal=INT,HUP"));
        command.addAll(program.command());
        return program.command(command)
                .redirectError(Files.createFile(directory.resolve("errors")).toFile())
                .start();
    }
}
