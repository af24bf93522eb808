package dev.vmcp.platform.sqlite;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
    @TempDir Path temp;

    @Test
    void isMadeWithItsParentsAndClosedToListing() throws IOException {
        try (var directory = DataDirectory.open(temp.resolve("a/b/data"))) {
            assertThat(mode(directory.path())).isEqualTo("rwx--x--x");
            assertThat(directory.path()).isEqualTo(temp.toRealPath().resolve("a/b/data"));
        }
    }

    @Test
    void aChildHasTheModeThatWasAskedFor() throws IOException {
        try (var directory = DataDirectory.open(temp.resolve("data"))) {
            assertThat(mode(directory.directory("vms", "rwx------"))).isEqualTo("rwx------");
            assertThat(mode(directory.directory("launches", "rwx--x--x"))).isEqualTo("rwx--x--x");
        }
    }

    @Test
    void aSymbolicLinkIsFollowedOnce() throws IOException {
        var real = Files.createDirectory(temp.resolve("real"));
        var link = Files.createSymbolicLink(temp.resolve("link"), real);

        try (var directory = DataDirectory.open(link)) {
            assertThat(directory.path()).isEqualTo(real.toRealPath());
            assertThatThrownBy(() -> DataDirectory.open(real)).hasMessageContaining("in use");
        }
    }

    @Test
    void aSecondHolderInThisProcessIsRefusedAndTheFirstKeepsTheLock() throws Exception {
        try (var directory = DataDirectory.open(temp.resolve("data"))) {
            assertThatThrownBy(() -> DataDirectory.open(directory.path()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("(this one)");
            assertThat(tryFromAnotherProcess(directory.path()))
                    .contains("in use by process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void closingGivesItToTheNextProcess() throws Exception {
        var path = temp.resolve("data");
        DataDirectory.open(path).close();

        assertThat(tryFromAnotherProcess(path)).contains("opened");
    }

    @Test
    void aFileInItsPlaceIsNamed() throws IOException {
        var file = Files.createFile(temp.resolve("file"));

        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static String tryFromAnotherProcess(Path path) throws Exception {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Opener.class.getName(),
                                path.toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            var text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, SECONDS)).isTrue();
            return text;
        } finally {
            process.destroyForcibly();
        }
    }

    /// What the other process runs.
    static final class Opener {
        private Opener() {}

        public static void main(String[] args) {
            try (var directory = DataDirectory.open(Path.of(args[0]))) {
                System.out.println("opened " + directory.path());
            } catch (StoreException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
