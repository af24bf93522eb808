package dev.vmcp.host.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was written of files with holes.
class ExtentsTest {

    private static final int PAGE = 4096;
    private static final int PAGES = 64;

    @TempDir Path directory;
    Path whole;
    Path diff;
    Path list;

    @BeforeEach
    void files() {
        whole = directory.resolve("whole");
        diff = directory.resolve("diff");
        list = directory.resolve("list");
    }

    private static byte[] page(int filled) {
        var bytes = new byte[PAGE];
        Arrays.fill(bytes, (byte) filled);
        return bytes;
    }

    private static void write(Path file, int length, int filled, int... pages) throws IOException {
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength((long) length * PAGE);
            for (var page : pages) {
                out.seek((long) page * PAGE);
                out.write(page(filled));
            }
        }
    }

    private void made(int... pages) throws IOException {
        Files.write(whole, new byte[0]);
        var all = IntStream.range(0, PAGES).toArray();
        write(whole, PAGES, 1, all);
        write(diff, PAGES, 2, pages);
        Extents.list(diff, list);
    }

    private void laid(int... pages) throws IOException {
        var copy = directory.resolve("copy");
        Extents.whole(whole, copy);
        Extents.lay(diff, list, copy);
        var bytes = Files.readAllBytes(copy);
        assertThat(bytes).hasSize(PAGES * PAGE);
        for (var page = 0; page < PAGES; page++) {
            var at = page;
            int expected = Arrays.stream(pages).anyMatch(one -> one == at) ? 2 : 1;
            assertThat(Arrays.copyOfRange(bytes, at * PAGE, (at + 1) * PAGE))
                    .as("page " + at)
                    .containsOnly(expected);
        }
    }

    @Test
    void whatWasWrittenIsLaidOverTheRest() throws Exception {
        made(0, 7, 8, 30, PAGES - 1);
        laid(0, 7, 8, 30, PAGES - 1);
        assertThat(Files.size(whole)).isEqualTo((long) PAGES * PAGE);
    }

    @Test
    void nothingWrittenChangesNothing() throws Exception {
        made();
        assertThat(list).isEmptyFile();
        laid();
    }

    @Test
    void aPageOfZerosThatWasWrittenCounts() throws Exception {
        made(3);
        write(directory.resolve("zeros"), PAGES, 0, 5);
        Extents.list(directory.resolve("zeros"), directory.resolve("zeros.list"));
        Extents.lay(directory.resolve("zeros"), directory.resolve("zeros.list"), whole);
        assertThat(Files.readAllBytes(whole)[5 * PAGE]).isZero();
        assertThat(Files.readAllBytes(whole)[4 * PAGE]).isOne();
    }

    /// As after `cp` without holes, or by way of an archive.
    @Test
    void aCopyThatLostItsHolesIsAsGood() throws Exception {
        made(2, 9);
        var bytes = Files.readAllBytes(diff);
        Files.delete(diff);
        Files.write(diff, bytes);
        laid(2, 9);
    }

    @Test
    void aFileOfAnotherLengthOrListIsRefused() throws Exception {
        made(1);
        write(directory.resolve("short"), PAGES - 1, 2, 1);
        assertThatThrownBy(() -> Extents.lay(directory.resolve("short"), list, whole))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a diff of");
        Files.write(list, new byte[] {0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        assertThatThrownBy(() -> Extents.lay(diff, list, whole))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a run of 1 bytes");
    }

    @Test
    void theFileSystemsOfTestsTellPages() throws Exception {
        Extents.require(directory);
        assertThat(directory).isEmptyDirectory();
    }
}
