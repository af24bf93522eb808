package dev.vmcp.host.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.platform.sqlite.DataDirectory;
import dev.vmcp.platform.sqlite.StoreException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteJournalTest extends JournalContract {
    @TempDir Path temp;
    private DataDirectory directory;
    private SqliteJournal journal;

    @BeforeEach
    void open() {
        directory = DataDirectory.open(temp.resolve("data"));
        journal = SqliteJournal.open(directory);
    }

    @AfterEach
    void close() {
        journal.close();
        directory.close();
    }

    @Override
    Journal journal() {
        return journal;
    }

    @Test
    void recordsAndRevisionOutliveTheProcess() {
        journal.put(Records.record("a", 1, Records.FULL, new Created())).join();
        journal.remove(journal.put(record("b", 2)).join().id()).join();
        var before = journal.load();

        reopen();

        assertThat(journal.load()).isEqualTo(before);
        assertThat(journal.revision()).isEqualTo(3);
        assertThat(journal.put(record("c", 3)).join().revision()).isEqualTo(4);
    }

    @Test
    void everyUnreadableRowIsNamedWithItsVmAndField() throws SQLException {
        for (int slot = 1; slot <= 4; slot++) {
            journal.put(record("vm-" + slot, slot)).join();
        }
        journal.close();
        damage("UPDATE vms SET phase = '{\"v\":1,\"phase\":\"dreaming\"}' WHERE id = 'vm-1'");
        damage("UPDATE vms SET spec = 'no json' WHERE id = 'vm-2'");
        damage("UPDATE vms SET created = 'yesterday' WHERE id = 'vm-4'");

        journal = SqliteJournal.open(directory);

        assertThatThrownBy(journal::load)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("VM vm-1: phase: phase: dreaming (unknown)")
                .hasMessageContaining("VM vm-2: spec: not JSON")
                .hasMessageContaining("VM vm-4: created: ")
                .hasMessageNotContaining("vm-3");
    }

    @Test
    void twoVmsNeverHaveTheSameSlot() {
        journal.put(record("a", 1)).join();

        assertThatThrownBy(journal.put(record("b", 1))::join)
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining("slot");
        assertThat(journal.put(record("b", 2)).join().revision()).isEqualTo(2);
    }

    private static VmRecord record(String id, int slot) {
        return Records.record(id, slot, Records.PLAIN, new Created());
    }

    private void reopen() {
        journal.close();
        journal = SqliteJournal.open(directory);
    }

    private void damage(String sql) throws SQLException {
        var url = "jdbc:sqlite:" + directory.path().resolve("journal.db");
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
