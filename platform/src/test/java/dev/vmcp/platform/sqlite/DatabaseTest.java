package dev.vmcp.platform.sqlite;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseTest {
    private static final Schema NOTES =
            Schema.of("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");

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
    void whatIsCommittedIsThereAfterReopening() {
        add(database, 1, "one").join();

        reopen(NOTES);

        assertThat(texts()).containsExactly("one");
    }

    @Test
    void closingCommitsWhatWasAskedBefore() {
        for (int i = 1; i <= 2_000; i++) {
            var _ = add(database, i, "note " + i);
        }

        reopen(NOTES);

        assertThat(texts()).hasSize(2_000);
    }

    @Test
    void worksRunInTheOrderOfAsking() {
        var futures = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 1; i <= 1_500; i++) {
            var _ = add(database, i, "x");
            futures.add(database.transact(DatabaseTest::count));
        }

        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).join()).isEqualTo(i + 1);
        }
    }

    @Test
    void oneFailingWorkHarmsNoOtherOfItsGroup() throws Exception {
        add(database, 1, "first").join();
        var hold = new CountDownLatch(1);
        var held = database.transact(_ -> await(hold));
        var good = add(database, 2, "second");
        var twice = add(database, 1, "again");
        var broken = database.transact(_ -> fail("a bug"));
        var alsoGood = add(database, 3, "third");
        hold.countDown();

        assertThat(held.get(5, SECONDS)).isTrue();
        assertThat(good.get(5, SECONDS)).isEqualTo(1);
        assertThat(alsoGood.get(5, SECONDS)).isEqualTo(1);
        assertThatThrownBy(twice::join).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(broken::join)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("a bug");
        assertThat(texts()).containsExactly("first", "second", "third");
    }

    @Test
    void aFullDiskFailsTheCommitAsRetryableAndTheNextOneSucceeds() {
        var pages = database.transact(work -> pragma(work, "PRAGMA page_count")).join();
        database.transact(work -> pragma(work, "PRAGMA max_page_count = " + pages)).join();
        var large = add(database, 1, "x".repeat(1 << 20));

        assertThat(storeFailure(large).retryable()).isTrue();

        database.transact(work -> pragma(work, "PRAGMA max_page_count = 1000000")).join();
        add(database, 1, "x".repeat(1 << 20)).join();
        assertThat(texts()).hasSize(1);
    }

    @Test
    void aReadOnlyDatabaseFailsTheCommitAndTheCommitterGoesOn() {
        var refused =
                database.transact(work -> {
                    work.statement("PRAGMA query_only = 1").execute();
                    try {
                        return work.statement("DELETE FROM notes").executeUpdate();
                    } finally {
                        work.statement("PRAGMA query_only = 0").execute();
                    }
                });

        assertThat(storeFailure(refused).retryable()).isFalse();
        add(database, 1, "x").join();
        assertThat(texts()).containsExactly("x");
    }

    @Test
    void everyCommitIsSyncedToDisk() {
        var full = 2;

        assertThat(database.transact(work -> pragma(work, "PRAGMA synchronous")).join())
                .isEqualTo(full);
        assertThat(directory.path().resolve("notes.db-wal")).exists();
    }

    @Test
    void continuationsNeverRunOnTheCommitter() throws Exception {
        var thread = new CompletableFuture<Thread>();
        var hold = new CountDownLatch(1);
        var held = database.transact(_ -> await(hold));
        var _ = held.thenRun(() -> thread.complete(Thread.currentThread()));
        hold.countDown();

        assertThat(thread.get(5, SECONDS).isVirtual()).isTrue();
    }

    @Test
    void aContinuationThatNeverReturnsStopsNobody() throws Exception {
        var never = new CountDownLatch(1);
        var _ = add(database, 1, "x").thenRun(() -> awaitQuietly(never));

        assertThat(add(database, 2, "y").get(5, SECONDS)).isEqualTo(1);
        never.countDown();
    }

    @Test
    void afterClosingEveryWorkIsRefused() {
        database.close();

        assertThat(storeFailure(add(database, 1, "late"))).hasMessageContaining("closed");
    }

    @Test
    void newStatementsOfTheSchemaAreAppliedOnce() {
        add(database, 1, "kept").join();
        var larger =
                Schema.of(
                        NOTES.statements().getFirst(),
                        "ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 5");
        reopen(larger);
        reopen(larger);

        var stars = database.transact(w -> pragma(w, "SELECT stars FROM notes WHERE id = 1"));
        assertThat(stars.join()).isEqualTo(5);
    }

    @Test
    void aMigrationThatFailsLeavesTheDatabaseAsItWas() {
        add(database, 1, "kept").join();
        database.close();
        var broken = Schema.of(NOTES.statements().getFirst(), "DROP TABLE notes", "NONSENSE");

        assertThatThrownBy(() -> Database.open(directory, "notes", broken))
                .isInstanceOf(StoreException.class);

        database = Database.open(directory, "notes", NOTES);
        assertThat(texts()).containsExactly("kept");
    }

    @Test
    void aNewerSchemaIsRefusedWithBothVersions() {
        reopen(Schema.of(NOTES.statements().getFirst(), "CREATE TABLE more (id INTEGER)"));
        database.close();

        assertThatThrownBy(() -> Database.open(directory, "notes", NOTES))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer release (schema 2, this release knows 1)");
    }

    @Test
    void aFileThatIsNoDatabaseIsNamed() throws IOException {
        var file = directory.path().resolve("noise.db");
        Files.writeString(file, "certainly no database, for this is English\n".repeat(200));

        assertThatThrownBy(() -> Database.open(directory, "noise", NOTES))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void itsFilesAreForTheOwnerOnly() throws IOException {
        add(database, 1, "x").join();

        try (var files = Files.list(directory.path())) {
            for (var file : files.filter(f -> f.toString().contains("notes.db")).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void manyCallersShareOneSyncOfTheDisk() {
        var hold = new CountDownLatch(1);
        var _ = database.transact(_ -> await(hold));
        var group = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 1; i <= 400; i++) {
            group.add(add(database, i, "x"));
        }
        // Within one transaction the change counter of the connection sees all rows at once.
        var seen = database.transact(w -> pragma(w, "SELECT total_changes()"));
        hold.countDown();

        CompletableFuture.allOf(group.toArray(CompletableFuture[]::new)).join();
        assertThat(seen.join()).isGreaterThanOrEqualTo(400);
    }

    private void reopen(Schema schema) {
        database.close();
        database = Database.open(directory, "notes", schema);
    }

    private static CompletableFuture<Integer> add(Database database, int id, String text) {
        return database.transact(work -> {
            var insert = work.statement("INSERT INTO notes (id, text) VALUES (?, ?)");
            insert.setInt(1, id);
            insert.setString(2, text);
            return insert.executeUpdate();
        });
    }

    private List<String> texts() {
        return database.transact(
                        work -> {
                            var texts = new ArrayList<String>();
                            var select = work.statement("SELECT text FROM notes ORDER BY id");
                            try (var rows = select.executeQuery()) {
                                while (rows.next()) {
                                    texts.add(rows.getString(1));
                                }
                            }
                            return List.copyOf(texts);
                        })
                .join();
    }

    private static int count(Transaction work) throws SQLException {
        return pragma(work, "SELECT count(*) FROM notes");
    }

    private static int pragma(Transaction work, String sql) throws SQLException {
        try (var rows = work.statement(sql).executeQuery()) {
            return rows.next() ? rows.getInt(1) : -1;
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        var _ = await(latch);
    }

    private static int fail(String message) {
        throw new IllegalStateException(message);
    }

    private static StoreException storeFailure(CompletableFuture<?> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException failure) {
                return failure;
            }
        }
        throw new AssertionError("no StoreException: " + future);
    }
}
