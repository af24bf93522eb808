package dev.vmcp.host.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConsoleLogTest {

    private static final ConsoleLimits TEN_BYTES_TWICE = new ConsoleLimits(10, 2, 1);

    @TempDir Path directory;
    private boolean diskFull;
    private ConsoleLog log;

    @BeforeEach
    void open() throws IOException {
        log = reopened();
    }

    @Test
    void outputIsKeptInFilesNamedByPositionThatOnlyWeMayRead() throws IOException {
        append("0123456789abcdef");

        var first = directory.resolve("console-00000000000000000000.log");
        var second = directory.resolve("console-00000000000000000010.log");
        assertThat(first).hasContent("0123456789");
        assertThat(second).hasContent("abcdef");
        assertThat(Files.getPosixFilePermissions(first))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aCursorOlderThanWhatIsKeptIsToldTheGap() throws IOException {
        append("0123456789abcdefghijKLMNO");

        assertThat(read(3, 100)).isEqualTo("7 abcdefghij ->20");
        assertThat(read(20, 3)).isEqualTo("0 KLM ->23");
        assertThat(reopened().end()).isEqualTo(25);
    }

    @Test
    void aNegativeCursorCountsFromTheEnd() {
        append("0123456789");

        assertThat(read(-4, 100)).isEqualTo("0 6789 ->10");
        assertThat(read(-400, 2)).isEqualTo("0 01 ->2");
    }

    @Test
    void aCursorFromTheFutureIsTheEnd() {
        append("0123");

        assertThat(read(4, 100)).isEqualTo("0  ->4");
        assertThat(read(999, 100)).isEqualTo("0  ->4");
    }

    @Test
    void aFullDiskCostsBytesButNeverPositionsOrWhatWasKept() throws IOException {
        append("before");
        diskFull = true;
        append("lost");
        append("more");

        assertThat(log.lost()).isEqualTo(8);
        assertThat(read(0, 100)).isEqualTo("0 before ->6");
        assertThat(read(6, 100)).as("behind what is kept").isEqualTo("8  ->14");
        diskFull = false;
        append("after");
        assertThat(read(0, 100)).isEqualTo("0 before ->6");
        assertThat(read(6, 100)).isEqualTo("8 after ->19");
        assertThat(read(8, 100)).isEqualTo("6 after ->19");
        log = reopened();
        assertThat(read(6, 100)).as("the byte that fitted").isEqualTo("0 l ->7");
        assertThat(read(7, 100)).isEqualTo("7 after ->19");
    }

    @Test
    void aFileThatWasTakenAwayIsAGap() throws IOException {
        append("0123456789abc");
        Files.delete(directory.resolve("console-00000000000000000000.log"));

        assertThat(read(2, 100)).isEqualTo("8  ->10");
        assertThat(read(10, 100)).isEqualTo("0 abc ->13");
    }

    @Test
    void foreignFilesAreLeftAlone() throws IOException {
        var foreign = Files.writeString(directory.resolve("console-1.log"), "foreign");
        append("0123456789abcdefghijKLMNO");

        log.delete();

        assertThat(directory).isDirectoryContaining(foreign::equals);
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void whatPrintedNothingHasNoDirectory() {
        var later = directory.resolve("later");
        log = new ConsoleLog(later, TEN_BYTES_TWICE, new FileSink());

        assertThat(read(0, 100)).isEqualTo("0  ->0");
        assertThat(later).doesNotExist();
        append("0123");
        assertThat(read(0, 100)).isEqualTo("0 0123 ->4");
        assertThat(later).isDirectoryContaining(file -> file.toString().endsWith(".log"));
    }

    private ConsoleLog reopened() throws IOException {
        var files = new FileSink();
        return new ConsoleLog(
                directory,
                TEN_BYTES_TWICE,
                (file, data) -> {
                    if (diskFull) {
                        files.append(file, data.slice(0, 1));
                        throw new IOException("No space left on device");
                    }
                    files.append(file, data);
                });
    }

    private void append(String text) {
        log.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private String read(long cursor, int max) {
        var chunk = log.read(cursor, max);
        return chunk.gap() + " " + ConsoleRoom.text(chunk) + " ->" + chunk.next();
    }
}
