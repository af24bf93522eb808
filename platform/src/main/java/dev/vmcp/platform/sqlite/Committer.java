package dev.vmcp.platform.sqlite;

import dev.vmcp.platform.lifecycle.CrashPoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes a database: takes what waits, runs it in one transaction, commits
/// with one sync of the disk, then tells the callers. It outlives every failure, and finds out by
/// itself when the disk can be written again. While nobody asks for anything it keeps the file
/// small.
final class Committer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    /// More in one transaction does not make a commit cheaper, but a failure dearer.
    static final int LARGEST_GROUP = 512;

    /// Between two tries of a disk that could not be written, and before the upkeep after a commit.
    private static final long PAUSE_NANOS = 500_000_000;

    /// Commits between two upkeeps of a database that is never left in peace.
    private static final int LONGEST_BUSY = 1_024;

    private final String name;
    private final Connection connection;
    private final WorkQueue queue;
    private final Transaction transaction;
    private final Upkeep upkeep;
    private volatile Optional<String> trouble = Optional.empty();
    private int commits;

    Committer(DatabaseFile file, WorkQueue queue) {
        this.name = file.name();
        this.connection = file.connection();
        this.queue = queue;
        this.transaction = new Transaction(connection);
        this.upkeep = new Upkeep(file);
    }

    /// Why the disk could not be written at the last try; empty when it could.
    Optional<String> trouble() {
        return trouble;
    }

    @Override
    public void run() {
        while (!queue.ended()) {
            boolean due = trouble.isPresent() || commits > 0;
            var group = queue.take(LARGEST_GROUP, due ? PAUSE_NANOS : Long.MAX_VALUE);
            if (!group.isEmpty()) {
                commit(group);
                commits++;
            }
            if (group.isEmpty() || commits >= LONGEST_BUSY) {
                restAWhile();
            }
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.atWarn().addKeyValue("database", name).setCause(e).log("database not closed");
        }
    }

    private void restAWhile() {
        if (trouble.isPresent()) {
            tryTheDisk();
            return;
        }
        try {
            commits = upkeep.once() ? commits : 0;
        } catch (SQLException e) {
            commits = 0;
            LOG.atDebug().addKeyValue("database", name).setCause(e).log("not made smaller");
        }
    }

    /// Writes one page, the same as before.
    private void tryTheDisk() {
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = " + DatabaseFile.version(statement));
            well();
        } catch (SQLException e) {
            troubled(StoreException.of("commit to " + name, e));
        }
    }

    private void troubled(StoreException why) {
        if (trouble.isEmpty()) {
            LOG.atError()
                    .addKeyValue("event", "store.unwritable")
                    .addKeyValue("database", name)
                    .addKeyValue("error", why.getMessage())
                    .log("the disk cannot be written; what is asked is refused until it can");
        }
        trouble = Optional.of(String.valueOf(why.getMessage()));
    }

    private void well() {
        if (trouble.isPresent()) {
            trouble = Optional.empty();
            LOG.atInfo()
                    .addKeyValue("event", "store.writable")
                    .addKeyValue("database", name)
                    .log("the disk can be written again");
        }
    }

    private void commit(List<Item<?>> group) {
        try {
            execute("BEGIN IMMEDIATE");
            for (var item : group) {
                item.run(transaction);
            }
            CrashPoint.reach(name + ".before-commit");
            execute("COMMIT");
            CrashPoint.reach(name + ".after-commit");
            group.forEach(Item::committed);
        } catch (SQLException e) {
            rollback();
            if (group.size() == 1 || StoreException.ofTheMachine(e)) {
                var why = StoreException.of("commit to " + name, e);
                if (StoreException.ofTheMachine(e)) {
                    troubled(why);
                }
                group.forEach(item -> item.failed(why));
            } else {
                oneByOne(group);
            }
        } catch (Throwable e) {
            // Whatever a work throws, the committer must live: others wait for it.
            rollback();
            if (group.size() == 1) {
                group.getFirst().failed(e);
            } else {
                oneByOne(group);
            }
        }
    }

    /// The group failed because of one of its members: the others must not suffer for it.
    private void oneByOne(List<Item<?>> group) {
        group.forEach(item -> commit(List.of(item)));
    }

    private void rollback() {
        transaction.forget();
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself after some failures and then has nothing to undo.
            LOG.atDebug().addKeyValue("database", name).setCause(e).log("nothing rolled back");
            transaction.forget();
        }
    }

    private void execute(String sql) throws SQLException {
        transaction.statement(sql).execute();
    }
}
