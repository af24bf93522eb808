package dev.vmcp.host.journal;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.platform.sqlite.DataDirectory;
import dev.vmcp.platform.sqlite.Database;
import dev.vmcp.platform.sqlite.Schema;
import dev.vmcp.platform.sqlite.StoreException;
import dev.vmcp.platform.sqlite.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// The journal in `journal.db` of the data directory. Safe for use by many threads.
///
/// A row that cannot be read stops the host from starting, with the VM and the field named: going
/// on without it would leave its guest running while nobody knows, and give its slot to another.
public final class SqliteJournal implements Journal {
    static final Schema SCHEMA =
            Schema.of(
                    """
                    CREATE TABLE vms (
                      ordinal INTEGER PRIMARY KEY,
                      id TEXT NOT NULL UNIQUE,
                      spec TEXT NOT NULL,
                      backend TEXT NOT NULL,
                      reason TEXT NOT NULL,
                      slot INTEGER NOT NULL UNIQUE,
                      phase TEXT NOT NULL,
                      created TEXT NOT NULL,
                      modified TEXT NOT NULL,
                      revision INTEGER NOT NULL
                    ) STRICT\
                    """,
                    "CREATE TABLE commits (only INTEGER PRIMARY KEY, revision INTEGER NOT NULL) STRICT",
                    "INSERT INTO commits VALUES (1, 0)",
                    "ALTER TABLE vms ADD COLUMN run TEXT NOT NULL DEFAULT '{\"v\":1}'",
                    "ALTER TABLE vms ADD COLUMN pending TEXT NOT NULL DEFAULT '{\"v\":1}'");

    private static final String REMOVE = "DELETE FROM vms WHERE id = ?";
    private static final String REVISION = "SELECT revision FROM commits";
    private static final String ADVANCE =
            "UPDATE commits SET revision = revision + 1 RETURNING revision";

    private final Database database;
    private final AtomicLong revision = new AtomicLong();

    private SqliteJournal(Database database) {
        this.database = database;
        this.revision.set(join(database.transact(work -> one(work, REVISION))));
    }

    /// Opens or creates the journal.
    ///
    /// @throws StoreException when the file is damaged or was written by a newer release
    public static SqliteJournal open(DataDirectory directory) {
        return new SqliteJournal(Database.open(directory, "journal", SCHEMA));
    }

    @Override
    public List<VmRecord> load() {
        return join(database.transact(VmRows::all));
    }

    @Override
    public long revision() {
        return revision.get();
    }

    @Override
    public CompletableFuture<VmRecord> put(VmRecord record) {
        var row = VmRows.Row.of(record);
        return database.transact(work -> row.write(work, one(work, ADVANCE)))
                .thenApply(committed -> record.withRevision(seen(committed)));
    }

    @Override
    public CompletableFuture<VmRecord> advance(VmRecord record) {
        var step = VmRows.Step.of(record);
        return database.transact(work -> step.write(work, one(work, ADVANCE)))
                .thenApply(committed -> record.withRevision(seen(committed)));
    }

    @Override
    public CompletableFuture<Long> remove(VmId id) {
        return database.transact(work -> remove(work, id)).thenApply(this::seen);
    }

    /// Whether the committer gets to new work within the limit.
    public boolean responds(Duration limit) throws InterruptedException {
        try {
            var _ =
                    database.transact(work -> one(work, REVISION))
                            .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException _) {
            // A disk that cannot be written is no reason for a restart: it would meet the same one.
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    /// Why nothing can be committed now, for people; empty when it can. It is tried again by
    /// itself.
    public Optional<String> trouble() {
        return database.trouble();
    }

    @Override
    public void close() {
        database.close();
    }

    private long seen(long committed) {
        revision.accumulateAndGet(committed, Math::max);
        return committed;
    }

    private static long remove(Transaction work, VmId id) throws SQLException {
        var statement = work.statement(REMOVE);
        statement.setString(1, id.value());
        statement.executeUpdate();
        return one(work, ADVANCE);
    }

    private static long one(Transaction work, String sql) throws SQLException {
        try (var rows = work.statement(sql).executeQuery()) {
            if (!rows.next()) {
                throw new StoreException("journal: the row of the revision is missing", false);
            }
            return rows.getLong(1);
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException failure ? failure : e;
        }
    }
}
