package dev.vmcp.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileOpenerTest {

    private static final LaunchId LAUNCH = new LaunchId("l-000000000000000000000001");
    private static final int ROUNDS = 3000;

    @TempDir Path directory;
    private final DiskLocks locks = new DiskLocks();
    private Path inside = Path.of("/");
    private Path outside = Path.of("/");
    private FileOpener opener = new FileOpener(AllowedRoots.PUBLISHED, locks);

    @BeforeEach
    void makeRoots() throws IOException {
        inside = Files.createDirectory(directory.toRealPath().resolve("inside"));
        outside = Files.createDirectory(directory.toRealPath().resolve("outside"));
        Files.writeString(inside.resolve("disk"), "fine");
        Files.writeString(outside.resolve("disk"), "secret");
        opener = new FileOpener(new AllowedRoots(List.of(inside)), locks);
    }

    private static FileId id(Path file) throws IOException {
        return FileFacts.ofTarget(file).id();
    }

    private void acquire(Path file, FileUse.Way way) throws IOException {
        var use = new FileUse(id(file), file.toString(), way);
        assertThat(locks.acquire(new VmId("vm"), LAUNCH, List.of(use))).isEmpty();
    }

    private static long inode(int descriptor) {
        try {
            return FileStatus.of(descriptor).inode();
        } finally {
            Descriptors.close(descriptor);
        }
    }

    @Test
    void aFileInAnAllowedRootIsOpenedAlsoByALinkIntoIt() throws IOException {
        var link = Files.createSymbolicLink(outside.resolve("link"), inside.resolve("disk"));

        assertThat(inode(opener.image(inside.resolve("disk")))).isEqualTo(id(link).inode());
        assertThat(inode(opener.image(link))).isEqualTo(id(link).inode());
    }

    @Test
    void aLinkOutOfTheRootsIsNotFollowedWhereverItStands() throws IOException {
        var link = Files.createSymbolicLink(inside.resolve("link"), outside.resolve("disk"));
        var parent = Files.createSymbolicLink(inside.resolve("parent"), outside);

        for (var path : List.of(link, parent.resolve("disk"), outside.resolve("disk"))) {
            assertThatExceptionOfType(ProcessException.class)
                    .isThrownBy(() -> opener.image(path))
                    .withMessageContaining("does not lie");
        }
    }

    @Test
    void whatIsNoFileIsNotOpened() throws IOException {
        for (var path : List.of(inside, Path.of("/dev/null"), inside.resolve("none"))) {
            assertThatExceptionOfType(ProcessException.class)
                    .isThrownBy(() -> opener.image(path))
                    .withMessageContaining(path.toString());
        }
    }

    @Test
    void aDiskIsOpenedAsItWasAcquiredAndNoOther() throws IOException {
        var disk = inside.resolve("disk");
        acquire(disk, FileUse.Way.READ);

        assertThat(inode(opener.disk(LAUNCH, disk, false))).isEqualTo(id(disk).inode());
        assertThatExceptionOfType(ProcessException.class)
                .as("for writing")
                .isThrownBy(() -> opener.disk(LAUNCH, disk, true));
        var other = Files.writeString(inside.resolve("other"), "another VM's");
        var _ = Files.move(other, disk, StandardCopyOption.ATOMIC_MOVE);
        assertThatExceptionOfType(ProcessException.class)
                .as("swapped")
                .isThrownBy(() -> opener.disk(LAUNCH, disk, false))
                .withMessageContaining("another file by now");
    }

    @Test
    void aLinkThatIsSwappedAllTheTimeNeverLeadsOut() throws Exception {
        var link = inside.resolve("link");
        var allowed = id(inside.resolve("disk")).inode();
        var _ = Files.createSymbolicLink(link, inside.resolve("disk"));
        var over = new AtomicBoolean();
        var swapper = Thread.ofPlatform().start(() -> swap(link, over));
        int opened = 0;
        int refused = 0;
        try {
            for (int i = 0; i < ROUNDS || opened == 0 || refused == 0; i++) {
                try {
                    assertThat(inode(opener.image(link))).isEqualTo(allowed);
                    opened++;
                } catch (ProcessException _) {
                    refused++;
                }
            }
        } finally {
            over.set(true);
            swapper.join();
        }
        assertThat(opened).isPositive();
        assertThat(refused).isPositive();
    }

    private void swap(Path link, AtomicBoolean over) {
        try {
            for (int i = 0; !over.get(); i++) {
                var target = (i % 2 == 0 ? outside : inside).resolve("disk");
                var next = Files.createSymbolicLink(directory.resolve("next"), target);
                var _ = Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new IllegalStateException("swap", e);
        }
    }
}
