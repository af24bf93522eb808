package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogFileTest {

    private static final long MOST = 1 << 20;
    private static final long KEEP = 64 << 10;

    @TempDir Path directory;

    private static Spawn printing(Path log) {
        var command =
                List.of("/bin/sh", "-c", "while echo the same line all over again; do :; done");
        return new Spawn(command, Map.of(), log.getParent(), log, List.of());
    }

    /// What the file takes on the disk.
    private static long allocated(Path file) {
        int descriptor = Descriptors.open(file, OpenFlags.READ_ONLY);
        try {
            return FileStatus.of(descriptor).allocated();
        } finally {
            Descriptors.close(descriptor);
        }
    }

    @Test
    void aProcessThatPrintsForEverFillsNoDiskAndLosesNoLine() throws Exception {
        var log = directory.resolve("log");
        try (var loop = new EventLoop();
                var processes = new LinuxProcesses(loop);
                var process = processes.spawn(printing(log))) {
            try {
                Eventually.holds(
                        "much is printed",
                        () -> {
                            LogFile.cap(log, MOST, KEEP);
                            return size(log) > 8 * MOST;
                        });
                assertThat(process.exit()).isEmpty();
            } finally {
                process.kill();
                Eventually.holds("its end", () -> process.exit().isPresent());
            }
        }
        LogFile.cap(log, MOST, KEEP);
        assertThat(allocated(log)).isLessThan(2 * KEEP);
        assertThat(tail(log)).isEqualTo("the same line all over again\n".repeat(100));
    }

    @Test
    void aShortFileAndOneThatIsNoneAreLeftAlone() throws Exception {
        var log = Files.writeString(directory.resolve("log"), "short\n");
        var link = Files.createSymbolicLink(directory.resolve("link"), log);
        LogFile.cap(log, MOST, KEEP);
        LogFile.cap(link, 1, 0);
        LogFile.cap(directory.resolve("none"), 1, 0);
        LogFile.cap(directory, 1, 0);

        assertThat(log).hasContent("short\n");
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException _) {
            return 0;
        }
    }

    private static String tail(Path file) throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            var bytes = new byte[29 * 100];
            in.seek(in.length() / 29 * 29 - bytes.length);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
