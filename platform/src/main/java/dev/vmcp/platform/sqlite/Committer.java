package dev.vmcp.platform.sqlite;

import dev.vmcp.platform.lifecycle.CrashPoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes a database: takes what waits, runs it in one transaction, commits
/// with one sync of the disk, then tells the callers. It outlives every failure.
final class Committer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    /// More in one transaction does not make a commit cheaper, but a failure dearer.
    static final int LARGEST_GROUP = 512;

    private final String name;
    private final Connection connection;
    private final WorkQueue queue;
    private final Transaction transaction;

    Committer(String name, Connection connection, WorkQueue queue) {
        this.name = name;
        this.connection = connection;
        this.queue = queue;
        this.transaction = new Transaction(connection);
    }

    @Override
    public void run() {
        for (var group = queue.take(LARGEST_GROUP);
                !group.isEmpty();
                group = queue.take(LARGEST_GROUP)) {
            commit(group);
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.atWarn().addKeyValue("database", name).setCause(e).log("database not closed");
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
