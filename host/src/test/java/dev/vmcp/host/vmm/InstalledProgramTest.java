package dev.vmcp.host.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.host.vmm.InstalledProgram.Found;
import dev.vmcp.host.vmm.InstalledProgram.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs that are installed, replaced and removed while a host runs.
final class InstalledProgramTest {

    private static final Wanted WANTED =
            new Wanted("vmm", "THE_VMM", "install it", Pattern.compile("VMM v(\\S+)"));

    @TempDir private Path directory;

    private Path first;
    private Path second;
    private final EventLoop loop = new EventLoop();
    private final LinuxProcesses processes = new LinuxProcesses(loop);

    @BeforeEach
    void begin() throws IOException {
        first = Files.createDirectory(directory.resolve("first"));
        second = Files.createDirectory(directory.resolve("second"));
    }

    @AfterEach
    void end() {
        processes.close();
        loop.close();
    }

    @Test
    void oneThatWasFoundIsKeptForAsLongAsItIsAProgram() throws Exception {
        var program = onPath();
        assertThat(program.find()).isEqualTo(missing());
        var later = install(second, "2.0");
        assertThat(program.find()).isEqualTo(new Found.Installed(later, "2.0"));
        var earlier = install(first, "1.0");
        assertThat(program.find()).isEqualTo(new Found.Installed(later, "2.0"));
        Files.delete(later);
        assertThat(program.find()).isEqualTo(new Found.Installed(earlier, "1.0"));
        Files.setPosixFilePermissions(earlier, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(program.find()).isEqualTo(missing());
    }

    @Test
    void anotherVersionInItsPlaceIsSeen() throws Exception {
        var program = onPath();
        var path = install(first, "1.0");
        assertThat(program.find()).isEqualTo(new Found.Installed(path, "1.0"));
        install(first, "1.1");
        Files.setLastModifiedTime(path, FileTime.fromMillis(1));
        assertThat(program.find().required()).isEqualTo(path);
        assertThat(program.find()).isEqualTo(new Found.Installed(path, "1.1"));
    }

    @Test
    void oneThatIsNamedIsNotLookedForElsewhere() throws Exception {
        install(first, "1.0");
        var wish = directory.resolve("mine");
        var program = program(Map.of("PATH", first.toString(), "THE_VMM", wish.toString()));
        assertThatThrownBy(() -> program.find().required())
                .isInstanceOf(DriverException.class)
                .hasMessage("THE_VMM names " + wish + ", which is no program");
        Files.move(install(second, "3.0"), wish);
        assertThat(program.find()).isEqualTo(new Found.Installed(wish, "3.0"));
    }

    @Test
    void oneThatNamesNoVersionIsNone() throws Exception {
        var path = install(first, "");
        assertThat(onPath().find())
                .isEqualTo(new Found.Missing(path + " --version named no version"));
    }

    private static Found missing() {
        return new Found.Missing(
                "vmm is not on PATH (cure: install it, or name the program in THE_VMM)");
    }

    private InstalledProgram onPath() {
        return program(Map.of("PATH", first + ":" + second));
    }

    private InstalledProgram program(Map<String, String> environment) {
        return new InstalledProgram(WANTED, processes, environment);
    }

    private static Path install(Path place, String version) throws IOException {
        var program = place.resolve("vmm");
        Files.writeString(program, "#!/bin/sh\necho 'VMM v" + version + "'\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
