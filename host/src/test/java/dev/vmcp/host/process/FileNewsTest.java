package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class FileNewsTest {

    /// More than events fit into one read.
    private static final int MANY = 500;

    @TempDir private Path directory;

    private final EventLoop loop = new EventLoop();
    private final FileNews news = new FileNews(loop);

    @AfterEach
    void end() {
        news.close();
        loop.close();
    }

    @Test
    void eachWriteIsTold() throws Exception {
        var file = made("a");
        var told = new Semaphore(0);
        try (var _ = news.on(file, told::release)) {
            for (int i = 0; i < 3; i++) {
                told.drainPermits();
                write(file);
                told.acquire();
            }
        }
    }

    @Test
    void manyFilesAreToldApart() throws Exception {
        var files = new ArrayList<Path>();
        var told = new ArrayList<Semaphore>();
        var watches = new ArrayList<FileWatch>();
        for (int i = 0; i < MANY; i++) {
            var semaphore = new Semaphore(0);
            files.add(made("f" + i));
            told.add(semaphore);
            watches.add(news.on(files.get(i), semaphore::release));
        }
        for (int i = 0; i < MANY; i += 2) {
            write(files.get(i));
        }
        for (int i = 0; i < MANY; i += 2) {
            told.get(i).acquire();
        }
        for (int i = 1; i < MANY; i += 2) {
            assertThat(told.get(i).availablePermits()).as("file %s", i).isZero();
        }
        watches.forEach(FileWatch::close);
    }

    @Test
    void nothingIsToldAfterTheWatchIsClosed() throws Exception {
        var before = made("before");
        var after = made("after");
        var told = new Semaphore(0);
        var other = new Semaphore(0);
        news.on(before, told::release).close();
        write(before);
        try (var _ = news.on(after, other::release)) {
            write(after);
            // Events come in the order of the writes.
            other.acquire();
        }
        assertThat(told.availablePermits()).isZero();
    }

    @Test
    void theEndOfAFileIsToldAndOneThatIsNotThereHarmsNobody() throws Exception {
        var there = made("there");
        var told = new Semaphore(0);
        try (var _ = news.on(directory.resolve("none"), Assertions::fail);
                var _ = news.on(there, told::release)) {
            Files.delete(there);
            told.acquire();
        }
        news.close();
        news.on(made("late"), Assertions::fail).close();
    }

    private Path made(String name) throws IOException {
        return Files.createFile(directory.resolve(name));
    }

    private static void write(Path file) throws IOException {
        Files.write(file, List.of("x"), StandardOpenOption.APPEND);
    }
}
