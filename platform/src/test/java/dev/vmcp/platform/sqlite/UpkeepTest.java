package dev.vmcp.platform.sqlite;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database does not grow with what was done to it, only with what is in it.
final class UpkeepTest {
    private static final Schema NOTES =
            Schema.of("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
    private static final String PAGE = "x".repeat(4_000);
    private static final int PAGES = 4_000;
    private static final long MEGABYTE = 1 << 20;

    @TempDir Path temp;
    private DataDirectory directory;
    private Database database;

    @BeforeEach
    void open() {
        directory = DataDirectory.open(temp.resolve("data"));
        database = Database.open(directory, "notes", NOTES);
    }

    @AfterEach
    void close() {
        database.close();
        directory.close();
    }

    @Test
    void aFileThatLostItsRowsGetsSmallerByItself() {
        fill();
        assertThat(length("notes.db") + length("notes.db-wal")).isGreaterThan(14 * MEGABYTE);

        change("DELETE FROM notes WHERE id > 10").join();

        await(() -> length("notes.db") < 3 * MEGABYTE);
        await(() -> length("notes.db-wal") < MEGABYTE);
        assertThat(number("SELECT count(*) FROM notes")).isEqualTo(10);
        assertThat(number("SELECT length(text) FROM notes WHERE id = 10")).isEqualTo(PAGE.length());
    }

    @Test
    void aFileThatIsChangedAgainAndAgainStaysSmall() throws Exception {
        for (int round = 0; round < 40; round++) {
            var changes = new ArrayList<CompletableFuture<Integer>>();
            for (int i = 1; i <= 250; i++) {
                changes.add(put(i));
            }
            for (var change : changes) {
                assertThat(change.get(30, SECONDS)).isEqualTo(1);
            }
            assertThat(change("DELETE FROM notes").get(30, SECONDS)).isEqualTo(250);
        }

        assertThat(length("notes.db")).isLessThan(6 * MEGABYTE);
        assertThat(length("notes.db-wal")).isLessThan(16 * MEGABYTE);
    }

    @Test
    void aFileOfAnOlderReleaseIsMadeSoThatItGetsSmaller() throws SQLException {
        database.close();
        try (var old =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + directory.path().resolve("old.db"));
                var statement = old.createStatement()) {
            statement.execute(NOTES.statements().getFirst());
            statement.execute("INSERT INTO notes VALUES (1, 'kept')");
            statement.execute("PRAGMA user_version = 1");
        }

        database = Database.open(directory, "old", NOTES);
        assertThat(number("SELECT count(*) FROM notes WHERE text = 'kept'")).isEqualTo(1);
        fill();
        change("DELETE FROM notes WHERE id > 1").join();

        await(() -> length("old.db") < 3 * MEGABYTE);
    }

    private void fill() {
        var last = CompletableFuture.completedFuture(0);
        for (int i = 2; i <= PAGES; i++) {
            last = put(i);
        }
        last.join();
        put(1).join();
    }

    private CompletableFuture<Integer> put(int id) {
        return database.transact(work -> {
            var insert = work.statement("INSERT OR REPLACE INTO notes VALUES (?, ?)");
            insert.setInt(1, id);
            insert.setString(2, PAGE);
            return insert.executeUpdate();
        });
    }

    private CompletableFuture<Integer> change(String sql) {
        return database.transact(work -> work.statement(sql).executeUpdate());
    }

    private int number(String sql) {
        return database.transact(
                        work -> {
                            try (var rows = work.statement(sql).executeQuery()) {
                                return rows.next() ? rows.getInt(1) : -1;
                            }
                        })
                .join();
    }

    private long length(String name) {
        try {
            var file = directory.path().resolve(name);
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + SECONDS.toNanos(30);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not in time").isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
