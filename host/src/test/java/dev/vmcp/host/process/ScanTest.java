package dev.vmcp.host.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.LaunchId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScanTest {

    private static final String ID = "l-0123456789abcdef01234567";

    @TempDir Path directory;

    @Test
    void livingProcessesThatNameALaunchAreFound() throws Exception {
        try (var room = new ProcessRoom(directory)) {
            var launches = directory.resolve("launches");
            var wanted =
                    room.spawn(
                            "/usr/bin/tail",
                            "-f",
                            "/dev/null",
                            "path=" + launches + "/" + ID + "/serial,id=console");
            var other = directory.resolve("elsewhere/launches") + "/" + ID;
            room.spawn("/usr/bin/tail", "-f", "/dev/null", other);

            var found = room.processes.scan(launches);

            assertThat(found).containsExactly(new Processes.Found(new LaunchId(ID), wanted.id()));
            wanted.kill();
            wanted.await(ProcessRoom.soon());
            assertThat(room.processes.scan(launches)).isEmpty();
        }
    }

    @Test
    void aProcessInTheMiddleOfExecIsFound() throws Exception {
        try (var room = new ProcessRoom(directory)) {
            var launches = directory.resolve("launches");
            for (var count = 1; count <= 50; count++) {
                room.spawn("/usr/bin/tail", "-f", "/dev/null", launches + "/" + ID);

                assertThat(room.processes.scan(launches)).hasSize(count);
            }
        }
    }

    @Test
    void theNameOfAProgramMayHoldAnything() {
        var line = "7 (a) S (b c) Z 1 7 7 0 -1 2097216 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0";

        assertThat(ProcStat.parse(line)).isEqualTo(new ProcStat('Z', 2_097_216, 4711));
        assertThat(ProcStat.parse(line).kernelThread()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qemu\0-pidfile\0/data/launches/" + ID + "\0",
                "qemu\0/data/launches/" + ID + "/qmp.sock\0-S\0",
                "qemu\0--log=/data/launches/" + ID + "/log\0",
                "qemu\0pipe,path=/data/launches/" + ID + ",id=x\0",
            })
    void anArgumentMayHoldMoreThanTheLaunch(String cmdline) {
        assertThat(scan(cmdline)).contains(new LaunchId(ID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "qemu\0/data/launches\0",
                "qemu\0/data/launches/l-0123\0",
                "qemu\0/data/launches/" + ID + "8/x\0",
                "qemu\0/data/launches/" + ID + ".gone/x\0",
                "qemu\0/other/data/launches/" + ID + "/x\0",
                "qemu\0/data/launches2/" + ID + "/x\0",
                "qemu\0/data/launches\0/" + ID + "\0",
                "qemu\0" + ID + "\0",
            })
    void onlyWholeComponentsOfThePathCount(String cmdline) {
        assertThat(scan(cmdline)).isEmpty();
    }

    @Test
    void aJailedVmmIsKnownByItsOptionAndTheDirectoryOfItsLaunch(@TempDir Path launches)
            throws Exception {
        var pattern = new LaunchPattern(launches);
        var jailed = ("/firecracker\0--id\0" + ID + "\0--api-sock\0api.sock\0").getBytes(UTF_8);
        assertThat(pattern.launch(jailed)).isEmpty();
        Files.createDirectory(launches.resolve(ID));
        assertThat(pattern.launch(jailed)).contains(new LaunchId(ID));
        Files.move(launches.resolve(ID), launches.resolve(ID + ".closed"));
        assertThat(pattern.launch(jailed)).contains(new LaunchId(ID));
        assertThat(pattern.launch(("/x\0--id=" + ID + "\0").getBytes(UTF_8)))
                .contains(new LaunchId(ID));
        assertThat(pattern.launch(("grep\0" + ID + "\0").getBytes(UTF_8))).isEmpty();
        assertThat(pattern.launch(("/x\0--id\0" + ID + "0\0").getBytes(UTF_8))).isEmpty();
    }

    private static Optional<LaunchId> scan(String cmdline) {
        return new LaunchPattern(Path.of("/data/launches"))
                .launch(cmdline.getBytes(StandardCharsets.ISO_8859_1));
    }
}
