package dev.vmcp.host.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.disk.FileUse.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLocksTest {

    private static final VmId A = new VmId("a");
    private static final VmId B = new VmId("b");

    private final DiskLocks locks = new DiskLocks();

    private static LaunchId launch(int number) {
        return new LaunchId("l-%024x".formatted(number));
    }

    private static FileUse use(long inode, Way way) {
        return new FileUse(FileId.file(1, inode), "/disk-" + inode, way);
    }

    @Test
    void aDiskIsWrittenByOneLaunch() {
        assertThat(locks.acquire(A, launch(1), List.of(use(7, Way.WRITE)))).isEmpty();

        assertThat(locks.acquire(B, launch(2), List.of(use(7, Way.WRITE))))
                .map(Problem::message)
                .contains("VM b: /disk-7 is written by VM a");
        assertThat(locks.acquire(A, launch(3), List.of(use(7, Way.READ)))).isPresent();

        locks.release(launch(1));

        assertThat(locks.acquire(B, launch(2), List.of(use(7, Way.WRITE)))).isEmpty();
    }

    @Test
    void readersAndConsolesGoTogether() {
        for (var way : List.of(Way.READ, Way.APPEND)) {
            var inode = way == Way.READ ? 1 : 2;
            assertThat(locks.acquire(A, launch(1), List.of(use(inode, way)))).isEmpty();
            assertThat(locks.acquire(B, launch(2), List.of(use(inode, way)))).isEmpty();
            assertThat(locks.acquire(B, launch(3), List.of(use(inode, Way.WRITE)))).isPresent();
        }
    }

    @Test
    void allFilesAreTakenOrNone() {
        locks.acquire(A, launch(1), List.of(use(2, Way.WRITE)));

        assertThat(locks.acquire(B, launch(2), List.of(use(1, Way.WRITE), use(2, Way.WRITE))))
                .isPresent();
        assertThat(locks.size()).isEqualTo(1);
        assertThat(locks.acquire(B, launch(3), List.of(use(1, Way.WRITE)))).isEmpty();
    }

    @Test
    void anAdoptedLaunchIsEnteredAndOddsAreTold() {
        assertThat(locks.adopt(A, launch(1), List.of(use(1, Way.WRITE)))).isEmpty();
        assertThat(locks.adopt(B, launch(2), List.of(use(1, Way.WRITE)))).containsExactly(A);

        locks.release(launch(1));

        assertThat(locks.acquire(A, launch(3), List.of(use(1, Way.WRITE)))).isPresent();
        locks.release(launch(2));
        locks.release(launch(2));
        assertThat(locks.size()).isZero();
    }

    @Test
    void oneOfManyRacersWins() throws Exception {
        try (var racers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new java.util.ArrayList<Callable<Boolean>>();
            for (var i = 0; i < 200; i++) {
                var number = i;
                all.add(() ->
                        locks.acquire(
                                        new VmId("vm-" + number),
                                        launch(number),
                                        List.of(use(1, Way.WRITE), use(2, Way.READ)))
                                .isEmpty());
            }
            var won = 0;
            for (var result : racers.invokeAll(all)) {
                won += result.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        }
    }

    @Test
    void theFilesOfAProcessAreThoseItHasOpen(@TempDir Path directory) throws IOException {
        var read = Files.writeString(directory.resolve("read"), "x");
        var written = Files.writeString(directory.resolve("written"), "x");
        var appended = Files.writeString(directory.resolve("appended"), "x");
        try (var _ = Files.newByteChannel(read);
                var _ = Files.newByteChannel(written, StandardOpenOption.WRITE);
                var _ = Files.newByteChannel(appended, StandardOpenOption.APPEND)) {
            Files.move(written, directory.resolve("moved"));

            var open = OpenFiles.of(ProcessHandle.current().pid());

            assertThat(open)
                    .contains(
                            at(read, Way.READ),
                            at(directory.resolve("moved"), Way.WRITE),
                            at(appended, Way.APPEND));
        }
        assertThat(OpenFiles.of(ProcessHandle.current().pid()))
                .extracting(FileUse::path)
                .doesNotContain(read.toString(), appended.toString());
        assertThat(OpenFiles.of(Integer.MAX_VALUE)).isEmpty();
    }

    private static FileUse at(Path path, Way way) throws IOException {
        return new FileUse(FileFacts.ofName(path).id(), path.toString(), way);
    }
}
