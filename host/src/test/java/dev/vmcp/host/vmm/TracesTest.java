package dev.vmcp.host.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.OpenFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real mounts and access lists, all gone at the end.
final class TracesTest {

    private static final int UID = 1_900_000_001;
    private static final int OTHER_UID = 1_900_000_002;
    private static final String ID = "l-0123456789abcdef01234567";

    @TempDir Path temporary;
    private Path launch;
    private Path disk;

    @BeforeEach
    void setUp() throws IOException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
        var launches = Files.createDirectory(temporary.toRealPath().resolve("launches"));
        launch = Files.createDirectory(launches.resolve(ID));
        disk = Files.writeString(temporary.toRealPath().resolve("disk ü.img"), "data");
        mode(disk, "rw-r-----");
    }

    @AfterEach
    void clear() throws IOException {
        Traces.undo(launch);
        assertThat(mounts()).isEmpty();
    }

    @Test
    void aDiskIsUsedInPlaceAndNothingIsLeftOfIt() throws Exception {
        new Traces(launch).lend(disk, launch.resolve("disk"), UID, true);
        assertThat(manifest()).exists();
        assertThat(lentTo(UID, disk, AccessList.READ | AccessList.WRITE)).isTrue();
        Files.writeString(launch.resolve("disk"), "more");
        assertThat(disk).hasContent("more");
        assertThatThrownBy(() -> Files.delete(launch.resolve("disk")))
                .isInstanceOf(IOException.class);

        Traces.undo(launch);
        Traces.undo(launch);

        assertThat(manifest()).doesNotExist();
        assertThat(mounts()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk)))
                .isEqualTo("rw-r-----");
        assertThat(list(disk)).isEqualTo(AccessList.of(Files.getPosixFilePermissions(disk)));
        Files.delete(launch.resolve("disk"));
        assertThat(disk).hasContent("more");
    }

    @Test
    void aReadOnlyDiskCannotBeWrittenAndNeedsNoEntryWhereAllMayRead() throws Exception {
        mode(disk, "rw-r--r--");
        new Traces(launch).lend(disk, launch.resolve("disk"), UID, false);
        assertThat(lentTo(UID, disk, AccessList.READ)).isFalse();
        assertThatThrownBy(() -> Files.writeString(launch.resolve("disk"), "x"))
                .hasMessageContaining("Read-only");
    }

    @Test
    void whatALaunchHasLeftIsTakenBackUnderTheNameThatItsDirectoryHasNow() throws Exception {
        new Traces(launch).lend(disk, launch.resolve("disk"), UID, true);
        var renamed = disk.resolveSibling("renamed by its user");
        Files.move(disk, renamed);
        var closed = launch.resolveSibling(ID + ".closed");
        Files.move(launch, closed);

        Traces.undo(manifest());

        assertThat(mounts()).isEmpty();
        assertThat(lentTo(UID, renamed, AccessList.READ)).isFalse();
        assertThat(manifest()).doesNotExist();
        assertThat(Traces.launchOf(ID + ".traces")).isEqualTo(ID);
        assertThat(Traces.launchOf("vm.traces")).isEqualTo("vm.traces");
    }

    @Test
    void afterARestartOfTheMachineTheEntryIsTakenBackThoughTheMountIsGone() throws Exception {
        new Traces(launch).lend(disk, launch.resolve("disk"), UID, true);
        Mounts.unmount(launch.resolve("disk"));
        Traces.undo(launch);
        assertThat(lentTo(UID, disk, AccessList.READ)).isFalse();
    }

    @Test
    void aFileThatTookTheNameOfALentOneIsLeftAlone() throws Exception {
        new Traces(launch).lend(disk, launch.resolve("disk"), UID, true);
        Mounts.unmount(launch.resolve("disk"));
        var other = Files.writeString(disk.resolveSibling("other"), "other");
        try (var file = new Open(other)) {
            AccessEntries.lend(file.descriptor, UID, false);
        }
        Files.move(other, disk, StandardCopyOption.REPLACE_EXISTING);
        Traces.undo(launch);
        assertThat(lentTo(UID, disk, AccessList.READ)).isTrue();
    }

    @Test
    void aRecordWithoutItsDeedAndARecordCutShortDoNoHarm() throws Exception {
        Files.writeString(
                manifest(),
                """
                {"mount":"disk"}
                {"lent":"%s","to":%d,"inode":%s,"at":"disk"}
                {"mount":"jail/di\
                """
                        .formatted(disk, UID, Files.getAttribute(disk, "unix:ino")));
        Traces.undo(launch);
        assertThat(manifest()).doesNotExist();
        assertThat(disk).hasContent("data");
    }

    @Test
    void entriesOfOthersStayAndGainNothing() throws Exception {
        try (var file = new Open(disk)) {
            AccessEntries.lend(file.descriptor, OTHER_UID, false);
        }
        var before = list(disk);
        assertThatThrownBy(() -> new Traces(launch).lend(disk, launch.resolve("disk"), UID, true))
                .hasMessageContaining("mask");
        Traces.undo(launch);
        assertThat(list(disk)).isEqualTo(before);
        Files.delete(launch.resolve("disk"));

        new Traces(launch).lend(disk, launch.resolve("disk"), UID, false);
        assertThat(lentTo(UID, disk, AccessList.READ)).isTrue();
        Traces.undo(launch);
        assertThat(list(disk)).isEqualTo(before);
    }

    @Test
    void whatIsNoFileIsNotLent() throws Exception {
        var directory = Files.createDirectory(temporary.resolve("directory"));
        assertThatThrownBy(
                        () -> new Traces(launch).lend(directory, launch.resolve("disk"), UID, true))
                .hasMessageContaining("neither a file nor a block device");
        assertThatThrownBy(() ->
                        new Traces(launch)
                                .lend(temporary.resolve("none"), launch.resolve("disk"), UID, true))
                .hasMessageContaining("No such file");
        assertThat(manifest()).doesNotExist();
    }

    @Test
    void aSecondNameServesAVmmThatRunsAlready() throws Exception {
        link(disk, launch.resolve("disk"), true);
        assertThat(Files.isSameFile(disk, launch.resolve("disk"))).isTrue();
        assertThat(lentTo(UID, disk, AccessList.READ | AccessList.WRITE)).isTrue();
        Traces.undo(launch);
        assertThat(lentTo(UID, disk, AccessList.READ)).isFalse();
        assertThatThrownBy(() -> link(Path.of("/proc/version"), launch.resolve("v"), false))
                .hasMessageContaining("another file system");
    }

    private void link(Path file, Path target, boolean writable) throws IOException {
        try (var open = UsersFile.asNamed(file)) {
            new Traces(launch).link(open, target, UID, writable);
        }
    }

    @Test
    void permissionBitsAloneAreAList() throws Exception {
        var bits = AccessList.of(Set.of(PosixFilePermission.OWNER_READ));
        assertThat(AccessList.read(bits.bytes())).isEqualTo(bits);
        assertThat(bits.with(UID, AccessList.READ).orElseThrow().without(UID)).isEqualTo(bits);
        assertThat(bits.letsAnybody(AccessList.READ)).isFalse();
        assertThatThrownBy(() -> AccessList.read(new byte[] {1, 0, 0, 0}))
                .isInstanceOf(IOException.class);
    }

    private Path manifest() {
        return launch.resolveSibling(ID + ".traces");
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(ID))
                .toList();
    }

    private static AccessList list(Path file) throws IOException {
        try (var open = new Open(file)) {
            return AccessEntries.list(open.descriptor);
        }
    }

    private static boolean lentTo(int uid, Path file, int rights) throws IOException {
        return list(file).entries().stream()
                .anyMatch(entry -> entry.id() == uid && entry.rights() == rights);
    }

    private static final class Open implements AutoCloseable {
        private final int descriptor;

        Open(Path file) {
            descriptor = Descriptors.open(file, OpenFlags.READ_ONLY);
        }

        @Override
        public void close() {
            Descriptors.close(descriptor);
        }
    }
}
