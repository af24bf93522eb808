package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpawnTest {

    /// 32 and 33: posix_spawn leaves them ignored until the program's own glibc wants them.
    private static final long OWN_SIGNALS_OF_GLIBC = 0x1_8000_0000L;

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
    void aProcessLeadsItsOwnSessionWithNoSignalBlockedOrIgnored() throws Exception {
        var process = room.spawn("/usr/bin/sleep", "300");

        var pid = process.id().pid();
        assertThat(statField(pid, 5)).as("process group").isEqualTo(pid);
        assertThat(statField(pid, 6)).as("session").isEqualTo(pid);
        assertThat(signals(pid, "SigBlk")).as("blocked").isZero();
        assertThat(signals(pid, "SigIgn") & ~OWN_SIGNALS_OF_GLIBC).as("ignored").isZero();
    }

    @Test
    void aProcessHasStandardDescriptorsAndThoseItWasGivenOnly() throws Exception {
        var first = Files.writeString(directory.resolve("first"), "1");
        var second = Files.writeString(directory.resolve("second"), "2");
        var one = Descriptors.open(first, OpenFlags.READ_ONLY);
        var two = Descriptors.open(second, OpenFlags.READ_ONLY);

        var process = room.spawn(List.of(two, one), "/usr/bin/sleep", "300");
        Descriptors.close(one);
        Descriptors.close(two);

        var pid = process.id().pid();
        Eventually.holds(
                "five descriptors",
                () -> descriptors(pid).equals(List.of("0", "1", "2", "3", "4")));
        assertThat(target(pid, 0)).isEqualTo(Path.of("/dev/null"));
        assertThat(target(pid, 1)).isEqualTo(room.output().toRealPath());
        assertThat(target(pid, 2)).isEqualTo(room.output().toRealPath());
        assertThat(target(pid, 3)).isEqualTo(second.toRealPath());
        assertThat(target(pid, 4)).isEqualTo(first.toRealPath());
    }

    @Test
    void givenDescriptorsMayOverlapTheNumbersTheyAreToGet() throws Exception {
        var process = room.spawn(List.of(2, 1, 0), "/usr/bin/sleep", "300");

        var pid = process.id().pid();
        var own = ProcessHandle.current().pid();
        Eventually.holds("six descriptors", () -> descriptors(pid).size() == 6);
        assertThat(target(pid, 3)).isEqualTo(target(own, 2));
        assertThat(target(pid, 4)).isEqualTo(target(own, 1));
        assertThat(target(pid, 5)).isEqualTo(target(own, 0));
    }

    @Test
    void theEnvironmentAndTheDirectoryAreExactlyThose() throws Exception {
        var process =
                room.spawn(
                        new Spawn(
                                List.of("/usr/bin/env"),
                                Map.of("ONE", "1 and = a half"),
                                directory,
                                room.output(),
                                List.of()));
        assertThat(process.await(ProcessRoom.soon())).contains(new Exit.Code(0));
        var sleeper = room.spawn("/usr/bin/sleep", "300");

        assertThat(room.output()).hasContent("ONE=1 and = a half\n");
        assertThat(target(sleeper.id().pid(), "cwd")).isEqualTo(directory.toRealPath());
    }

    @Test
    void outputAndErrorsAreAppendedToAFileOfOurOwn() throws Exception {
        room.spawn("/bin/sh", "-c", "echo out; echo err >&2").await(ProcessRoom.soon());
        room.spawn("/bin/sh", "-c", "echo again; cat").await(ProcessRoom.soon());

        assertThat(room.output()).hasContent("out\nerr\nagain\n");
        assertThat(Files.getPosixFilePermissions(room.output()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void fifosAsStandardInputAndOutputAreWholeWithoutUs() throws Exception {
        var in = directory.resolve("serial.in");
        var out = directory.resolve("serial.out");
        Fifos.make(in, 0);
        Fifos.make(out, 0);
        var process = room.spawn(reading(Optional.of(new SerialPort.Pipes(in, out))));
        var pid = process.id().pid();

        try (var ours = FileChannel.open(in, StandardOpenOption.WRITE)) {
            ours.write(ByteBuffer.wrap("one\n".getBytes(StandardCharsets.US_ASCII)));
        }
        try (var ours = FileChannel.open(out, StandardOpenOption.READ)) {
            var got = ByteBuffer.allocate(4);
            ours.read(got);
            assertThat(got.array()).isEqualTo("one\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(target(pid, 0)).isEqualTo(in.toRealPath());
        assertThat(target(pid, 1)).isEqualTo(out.toRealPath());
        assertThat(target(pid, 2)).isEqualTo(room.output().toRealPath());
        assertThat(process.exit()).as("both of our ends are closed").isEmpty();
    }

    @Test
    void aFifoForOutputAloneLeavesNothingToRead() throws Exception {
        var out = directory.resolve("serial.out");
        Fifos.make(out, 0);
        var process = room.spawn(reading(Optional.of(new SerialPort.OutputPipe(out))));

        assertThat(process.await(ProcessRoom.soon())).contains(new Exit.Code(0));
        assertThat(room.output()).hasContent("");
    }

    private Spawn reading(Optional<SerialPort> serial) {
        return new Spawn(
                List.of("/bin/cat"), Map.of(), directory, room.output(), List.of(), serial);
    }

    @Test
    void aFrozenProcessStandsUntilItIsThawedOrKilled() throws Exception {
        var process = room.spawn("/usr/bin/sleep", "300");
        var pid = process.id().pid();

        process.freeze();
        Eventually.holds("frozen", () -> ProcStat.of(pid).orElseThrow().state() == 'T');
        process.thaw();
        Eventually.holds("thawed", () -> ProcStat.of(pid).orElseThrow().state() == 'S');
        process.freeze();
        process.kill();
        assertThat(process.await(ProcessRoom.soon())).contains(new Exit.Signal(9));
        process.freeze();
        process.thaw();
    }

    @Test
    void aProgramThatCannotBeStartedIsNamedWithTheReason() throws Exception {
        var text = Files.writeString(directory.resolve("text"), "no program");

        assertThatThrownBy(() -> room.spawn("/no/such/program"))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining("/no/such/program")
                .hasMessageContaining("No such file or directory");
        assertThatThrownBy(() -> room.spawn(text.toString()))
                .hasMessageContaining("Permission denied");
    }

    @Test
    void aDescriptorThatIsNotOpenIsRefused() {
        assertThatThrownBy(() -> room.spawn(List.of(999_999), "/usr/bin/sleep", "300"))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining("999999")
                .hasMessageContaining("Bad file descriptor");
    }

    @Test
    void anArgumentThatWouldBeCutShortIsRefused() {
        assertThatThrownBy(() -> room.spawn("/usr/bin/sleep", "300\0000"))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining("zero character");
    }

    @Test
    void nothingIsStartedOnceTheRoomIsClosed() {
        room.close();

        assertThatThrownBy(() -> room.spawn("/usr/bin/sleep", "300"))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining("we are ending");
    }

    private static Path proc(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private static Path target(long pid, int descriptor) throws IOException {
        return target(pid, "fd/" + descriptor);
    }

    private static Path target(long pid, String name) throws IOException {
        return Files.readSymbolicLink(proc(pid, name));
    }

    private static List<String> descriptors(long pid) throws IOException {
        var names = new TreeSet<String>();
        try (var entries = Files.list(proc(pid, "fd"))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        return List.copyOf(names);
    }

    private static long signals(long pid, String name) throws IOException {
        return Files.readAllLines(proc(pid, "status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(8), 16))
                .sum();
    }

    private static long statField(long pid, int field) throws IOException {
        var line = Files.readString(proc(pid, "stat"));
        var fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[field - 3]);
    }
}
