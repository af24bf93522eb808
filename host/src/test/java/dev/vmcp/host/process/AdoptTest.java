package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.ProcessId;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdoptTest {

    @TempDir Path directory;
    private ProcessRoom room;

    @BeforeEach
    void open() {
        room = new ProcessRoom(directory);
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void theEndOfAnAdoptedStrangerIsSeenWithoutItsStatus() throws Exception {
        var stranger = orphan();

        var adopted = room.processes.adopt(stranger).orElseThrow();

        assertThat(adopted.id()).isEqualTo(stranger);
        assertThat(adopted.exit()).isEmpty();
        adopted.kill();
        assertThat(adopted.await(ProcessRoom.soon())).contains(new Exit.Unknown());
        assertThat(room.processes.adopt(stranger)).isEmpty();
    }

    @Test
    void lettingGoOfAnAdoptedProcessLeavesItAlone() throws Exception {
        var stranger = orphan();

        room.processes.adopt(stranger).orElseThrow().close();

        var again = room.processes.adopt(stranger).orElseThrow();
        again.kill();
        assertThat(again.await(ProcessRoom.soon())).isPresent();
    }

    @Test
    void aReusedPidIsNotTheSameProcess() {
        var id = room.spawn("/usr/bin/sleep", "300").id();

        assertThat(room.processes.adopt(new ProcessId(id.pid(), id.startTicks() + 1, id.bootId())))
                .isEmpty();
        assertThat(room.processes.adopt(new ProcessId(id.pid(), id.startTicks(), "another-boot")))
                .isEmpty();
        assertThat(room.processes.adopt(new ProcessId(4_194_305, 1, id.bootId()))).isEmpty();
    }

    @Test
    void aZombieCountsAsGone() throws Exception {
        var script = "exec 3<&0; cat <&3 & echo $!; exec sleep 300";
        var parent = new ProcessBuilder("/bin/sh", "-c", script).start();
        try (var output = parent.inputReader(StandardCharsets.US_ASCII)) {
            var pid = Long.parseLong(output.readLine());
            // A shell may reap a child that ends before it is something else.
            var name = Path.of("/proc/" + parent.pid() + "/comm");
            Eventually.holds("a sleep", () -> Files.readString(name).equals("sleep\n"));
            parent.getOutputStream().close();
            Eventually.holds("a zombie", () -> ProcStat.of(pid).filter(ProcStat::gone).isPresent());
            var zombie = identity(pid);

            assertThat(room.processes.adopt(zombie)).isEmpty();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void neitherAnInterruptNorOurDeathReachesWhatWeStarted() throws Exception {
        for (var signal : new String[] {"INT", "KILL"}) {
            var host = hostThatSpawns();
            ProcessId id;
            try (var output = host.inputReader(StandardCharsets.US_ASCII)) {
                id = printed(output);
                room.alsoEnd(id);
                // It leads a process group of its own, as a shell's foreground job does.
                new ProcessBuilder("/bin/kill", "-" + signal, "--", "-" + host.pid())
                        .start()
                        .waitFor();
                assertThat(host.waitFor(20, TimeUnit.SECONDS)).isTrue();
            } finally {
                host.destroyForcibly();
            }

            var adopted = room.processes.adopt(id).orElseThrow();

            assertThat(adopted.exit()).isEmpty();
            adopted.kill();
            assertThat(adopted.await(ProcessRoom.soon())).isPresent();
        }
    }

    /// A process whose parent is dead.
    private ProcessId orphan() throws Exception {
        var parent = new ProcessBuilder("/bin/sh", "-c", "sleep 300 >/dev/null & echo $!").start();
        try (var output = parent.inputReader(StandardCharsets.US_ASCII)) {
            var pid = Long.parseLong(output.readLine());
            assertThat(parent.waitFor()).isZero();
            var id = identity(pid);
            room.alsoEnd(id);
            return id;
        }
    }

    private ProcessId identity(long pid) {
        var self = room.spawn("/bin/true").id();
        return new ProcessId(pid, ProcStat.of(pid).orElseThrow().startTicks(), self.bootId());
    }

    /// It heeds an interrupt also where this test was started in the background, which ignores
    /// them.
    private Process hostThatSpawns() throws Exception {
        return new ProcessBuilder(
                        "/usr/bin/env",
                        "--default-signal=INT",
                        "/usr/bin/setsid",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SleeperHost.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static ProcessId printed(BufferedReader output) throws Exception {
        var words = output.readLine().split(" ", -1);
        return new ProcessId(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]);
    }
}
