package dev.vmcp.host.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.journal.SqliteJournal;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.platform.sqlite.DataDirectory;
import dev.vmcp.platform.sqlite.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir Path temp;
    private Path data;
    private Path file;

    @BeforeEach
    void name() {
        data = temp.resolve("data");
        file = temp.resolve("backup.zip");
    }

    @Test
    void whatWasAcknowledgedBeforeIsInABackupOfARunningHost() throws Exception {
        try (var directory = DataDirectory.open(data);
                var journal = SqliteJournal.open(directory)) {
            var half = new CountDownLatch(1);
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int slot = 1; slot <= 400; slot++) {
                                    put(journal, slot);
                                    if (slot == 100) {
                                        half.countDown();
                                    }
                                }
                            });
            assertThat(half.await(60, TimeUnit.SECONDS)).isTrue();
            var manifest = Backup.take(data, file, "1.2.3", NOW);
            writer.join();

            assertThat(manifest.vms()).isGreaterThanOrEqualTo(100);
            var restored = Backup.restore(file, temp.resolve("other"), false);
            assertThat(restored).isEqualTo(manifest);
            assertThat(load(temp.resolve("other")))
                    .isEqualTo(journal.load().subList(0, manifest.vms()));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(left()).isEmpty();
    }

    @Test
    void tokensComeBackWithTheRecords() throws IOException {
        fill(data, 1);
        Files.writeString(data.resolve("tokens"), "a token\n");
        Backup.take(data, file, "1.2.3", NOW);
        Files.writeString(data.resolve("tokens"), "another\n");

        Backup.restore(file, data, true);

        assertThat(data.resolve("tokens")).hasContent("a token\n");
        assertThat(data.resolve("tokens.replaced")).hasContent("another\n");
    }

    @Test
    void aDirectoryWithVmsIsRestoredToByForceOnlyAndWhatWasThereIsKept() {
        fill(data, 3);
        Backup.take(data, file, "1.2.3", NOW);
        var other = temp.resolve("other");
        fill(other, 5);

        assertThatThrownBy(() -> Backup.restore(file, other, false))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("is not empty: it has 5 VMs, revision 5")
                .hasMessageContaining("--force");
        assertThat(load(other)).hasSize(5);

        Backup.restore(file, other, true);
        assertThat(load(other)).hasSize(3);
        assertThat(other.resolve("journal.db.replaced")).isRegularFile();
    }

    @Test
    void aDirectoryThatAHostHoldsIsNotRestoredToByForceEither() {
        fill(data, 1);
        Backup.take(data, file, "1.2.3", NOW);

        try (var _ = DataDirectory.open(data)) {
            assertThatThrownBy(() -> Backup.restore(file, data, true))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is in use by process");
        }
    }

    @Test
    void aFileThatIsNotWhatItWasIsRefusedAndNothingIsTouched() throws IOException {
        fill(data, 2);
        Backup.take(data, file, "1.2.3", NOW);
        var whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at += Math.max(1, whole.length / 50)) {
            var bad = whole.clone();
            bad[at] ^= 0x20;
            Files.write(file, bad);
            var other = temp.resolve("other-" + at);
            try {
                Backup.restore(file, other, false);
                assertThat(load(other)).as("byte %d means nothing", at).hasSize(2);
            } catch (BackupException refused) {
                assertThat(refused).hasMessageContaining(file.toString());
                assertThat(other.resolve("journal.db")).doesNotExist();
            }
        }
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Backup.restore(file, temp.resolve("half"), false))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("is damaged or no backup");
    }

    @Test
    void aRestoreThatWasCutShortStopsAHostUntilItIsMadeAgain() throws IOException {
        fill(data, 2);
        Backup.take(data, file, "1.2.3", NOW);
        Files.createFile(data.resolve("journal.db.restoring"));

        assertThatThrownBy(() -> load(data))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("was begun and not finished: run it again");

        Backup.restore(file, data, true);
        assertThat(load(data)).hasSize(2);
    }

    @Test
    void noFileIsOverwritten() throws IOException {
        fill(data, 1);
        Files.writeString(file, "precious");

        assertThatThrownBy(() -> Backup.take(data, file, "1.2.3", NOW))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("exists");
        assertThat(file).hasContent("precious");
    }

    private static void fill(Path data, int vms) {
        try (var directory = DataDirectory.open(data);
                var journal = SqliteJournal.open(directory)) {
            for (int slot = 1; slot <= vms; slot++) {
                put(journal, slot);
            }
        }
    }

    private static void put(SqliteJournal journal, int slot) {
        var spec =
                new VmSpec(
                        new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                        new VmSpec.Memory(512L << 20, false, 0, Map.of()),
                        new VmSpec.Boot("/boot/vmlinux", "", "", Map.of()),
                        List.of(),
                        List.of(),
                        new VmSpec.Console(false, "", "", ""),
                        Map.of());
        var id = new VmId("vm-" + slot);
        var _ = journal.put(VmRecord.created(id, spec, "qemu", "", slot, NOW)).join();
    }

    private static List<VmRecord> load(Path data) {
        try (var directory = DataDirectory.open(data);
                var journal = SqliteJournal.open(directory)) {
            return journal.load();
        }
    }

    private List<Path> left() throws IOException {
        try (var files = Files.list(temp)) {
            var left = new ArrayList<>(files.toList());
            left.removeAll(List.of(data, file, temp.resolve("other")));
            return left;
        }
    }
}
