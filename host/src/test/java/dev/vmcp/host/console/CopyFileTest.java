package dev.vmcp.host.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.SerialPort;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CopyFileTest {

    @TempDir Path directory;
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("guest.log");
    }

    @Test
    void outputIsAppendedAndNotForEveryoneToRead() throws Exception {
        append(file, "one ", "two");

        assertThat(file).hasContent("one two");
        assertThat(Files.getPosixFilePermissions(file).toString()).doesNotContain("OTHERS");
    }

    @Test
    void atItsLimitTheFileBeginsAnewAndTheOneBeforeIsKept() {
        append(file, "0123456", "789", "abc", "defghij", "K");

        assertThat(file).hasContent("K");
        assertThat(directory.resolve("guest.log.1")).hasContent("abcdefghij");
        assertThat(directory.toFile().list()).hasSize(2);
    }

    @Test
    void neitherSymlinksNorFifosAreWrittenTo() throws Exception {
        var target = Files.createFile(directory.resolve("target"));
        var fifo = directory.resolve("fifo");
        Fifos.make(fifo, 0);

        append(Files.createSymbolicLink(file, target), "hostile");
        append(fifo, "hostile");
        append(directory, "hostile");

        assertThat(target).isEmptyFile();
    }

    @Test
    void aCopyThatFailsDoesNotHoldUpTheConsole() throws Exception {
        try (var room = new ConsoleRoom(directory);
                var console = room.open("vm", ConsoleRoom.SMALL)) {
            var line = room.line("launch");
            console.attach(new SerialPort.Pipes(line.in(), line.out()), Optional.of(directory));
            room.finish(line, "printf kept > $2");
            assertThat(ConsoleRoom.follow(console, 0, 4)).isEqualTo("kept");

            console.attach(new SerialPort.Pipes(line.in(), line.out()), Optional.of(file));
            room.finish(line, "printf copied > $2");
            console.detach();

            assertThat(file).hasContent("copied");
        }
    }

    private static void append(Path file, String... pieces) {
        var copy = new CopyFile(file, 10);
        try (var arena = Arena.ofConfined()) {
            for (var piece : pieces) {
                var bytes = piece.getBytes(StandardCharsets.US_ASCII);
                copy.append(arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
            }
        }
    }
}
