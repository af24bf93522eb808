package dev.vmcp.platform.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Real processes and real signals.
final class StopSignalTest {
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aSignalStopsTheServicesOnceAndTheProcessExitsWithZero() throws Exception {
        for (var signal : List.of("TERM", "INT", "HUP")) {
            var process = start("prompt", Map.of());
            var output = awaitLine(process, "serving");
            send(signal, process);

            assertThat(output.lines()).containsOnlyOnce("drained");
            assertThat(process.waitFor(20, SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
    }

    @Test
    void aSecondSignalEndsTheProcessAtOnce() throws Exception {
        var process = start("slow", Map.of());
        var output = awaitLine(process, "serving");
        send("TERM", process);
        awaitLine(output, "draining");
        send("INT", process);

        assertThat(process.waitFor(20, SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 2);
    }

    @Test
    void aSignalThatWasToBeIgnoredStaysIgnored() throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", "trap '' HUP; exec \"$@\"", "sh"));
        command.addAll(java("prompt"));
        var process = launch(command, Map.of());
        var output = awaitLine(process, "serving");
        send("HUP", process);
        send("TERM", process);

        assertThat(output.lines()).anyMatch(line -> line.contains("\"signal\":\"SIGTERM\""));
        assertThat(process.waitFor(20, SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void aCrashPointEndsTheProcessBySigkillAtTheChosenVisit() throws Exception {
        var process = start("crash", Map.of("VMCP_CRASH_AT", "here:3"));
        try (var output = reader(process)) {
            assertThat(output.lines()).containsExactly("visit 1", "visit 2", "visit 3");
        }
        assertThat(process.waitFor(20, SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 9);
    }

    private Process start(String how, Map<String, String> environment) throws IOException {
        return launch(java(how), environment);
    }

    /// Whatever this test run was told to ignore, such as by `nohup`, the process is not.
    private Process launch(List<String> command, Map<String, String> environment)
            throws IOException {
        var all = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,TERM"));
        all.addAll(command);
        var builder = new ProcessBuilder(all);
        builder.environment().putAll(environment);
        var process = builder.start();
        started.add(process);
        return process;
    }

    private static List<String> java(String how) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Sample.class.getName(),
                how);
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private static BufferedReader awaitLine(Process process, String line) throws IOException {
        var output = reader(process);
        awaitLine(output, line);
        return output;
    }

    private static void awaitLine(BufferedReader output, String wanted) throws IOException {
        for (var line = output.readLine(); !wanted.equals(line); line = output.readLine()) {
            assertThat(line).as("waiting for " + wanted).isNotNull();
        }
    }

    private static void send(String signal, Process process) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    /// What the other process runs.
    static final class Sample {
        private Sample() {}

        public static void main(String[] args) throws InterruptedException {
            if (args[0].equals("crash")) {
                for (int visit = 1; visit < 10; visit++) {
                    System.out.println("visit " + visit);
                    CrashPoint.reach("elsewhere");
                    CrashPoint.reach("here");
                }
            }
            var signal = StopSignal.install();
            var stack = new Stack(List.of(new Drained(args[0])), Duration.ofSeconds(60));
            System.exit(stack.run(signal));
        }
    }

    private record Drained(String how) implements Service {
        @Override
        public String name() {
            return "drained";
        }

        @Override
        public void start() {
            System.out.println("serving");
        }

        @Override
        public void stop(Duration limit) throws InterruptedException {
            System.out.println("draining");
            if (how.equals("slow")) {
                new CountDownLatch(1).await();
            }
            System.out.println("drained");
        }
    }
}
