package dev.vmcp.platform.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/// An opened, checked and migrated database file.
record DatabaseFile(String name, Path path, Connection connection) {

    /// A commit that waits longer than this for an operator's `sqlite3` shell fails as retryable.
    private static final int BUSY_MILLISECONDS = 5_000;

    private static final int LARGEST_IDLE_LOG = 64 << 20;

    /// As `PRAGMA auto_vacuum` counts.
    private static final int INCREMENTAL = 2;

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);

    static DatabaseFile open(DataDirectory directory, String name, Schema schema) {
        var path = directory.path().resolve(name + ".db");
        Replacement.refuseUnfinished(path);
        try {
            NativeLibrary.keepIn(directory.directory("native", "rwx------"));
            create(path);
            var connection = settings().createConnection("jdbc:sqlite:" + path);
            try {
                prepare(path, connection, schema);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
            return new DatabaseFile(name, path, connection);
        } catch (SQLException e) {
            throw StoreException.of("open " + path, e);
        } catch (IOException e) {
            throw new StoreException("open " + path + ": " + e, e, false);
        }
    }

    /// The file's mode is what SQLite gives its log and shared memory too. The directory is synced,
    /// because SQLite syncs the file but not its name.
    private static void create(Path path) throws IOException {
        if (Files.exists(path)) {
            return;
        }
        var owner = PosixFilePermissions.fromString("rw-------");
        Files.createFile(path, PosixFilePermissions.asFileAttribute(owner));
        var directory = path.toAbsolutePath().getParent();
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static SQLiteConfig settings() {
        var config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setJournalSizeLimit(LARGEST_IDLE_LOG);
        config.setBusyTimeout(BUSY_MILLISECONDS);
        return config;
    }

    private static void prepare(Path path, Connection connection, Schema schema)
            throws SQLException {
        try (var statement = connection.createStatement()) {
            check(path, statement);
            shrinkable(path, statement);
            migrate(path, statement, schema);
        }
    }

    private static void check(Path path, Statement statement) throws SQLException {
        try (var rows = statement.executeQuery("PRAGMA quick_check(1)")) {
            var verdict = rows.next() ? rows.getString(1) : "no answer";
            if (!"ok".equals(verdict)) {
                throw new StoreException(
                        path + " is damaged: " + verdict + " (restore it from a copy)", false);
            }
        }
    }

    private static void migrate(Path path, Statement statement, Schema schema) throws SQLException {
        var seen = version(statement);
        if (seen > schema.version()) {
            throw new StoreException(
                    path
                            + " was written by a newer release (schema "
                            + seen
                            + ", this release knows "
                            + schema.version()
                            + "): run that release or a later one",
                    false);
        }
        if (seen == schema.version()) {
            return;
        }
        statement.execute("BEGIN IMMEDIATE");
        for (var step : schema.statements().subList(seen, schema.version())) {
            statement.execute(step);
        }
        statement.execute("PRAGMA user_version = " + schema.version());
        statement.execute("COMMIT");
    }

    /// Has deleted rows give their pages back ([Upkeep]). An older file is written anew for that,
    /// once, if the disk has room for it.
    private static void shrinkable(Path path, Statement statement) throws SQLException {
        try (var rows = statement.executeQuery("PRAGMA auto_vacuum")) {
            if (rows.next() && rows.getInt(1) == INCREMENTAL) {
                return;
            }
        }
        try {
            statement.execute("PRAGMA auto_vacuum = " + INCREMENTAL);
            statement.execute("VACUUM");
        } catch (SQLException e) {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("error", e.getMessage())
                    .log("the file keeps the room of deleted rows");
        }
    }

    static int version(Statement statement) throws SQLException {
        try (var rows = statement.executeQuery("PRAGMA user_version")) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }
}
