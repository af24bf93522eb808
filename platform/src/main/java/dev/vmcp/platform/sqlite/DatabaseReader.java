package dev.vmcp.platform.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;

/// Looks into a database file that another process may be writing, and changes nothing in it. For
/// one thread.
public final class DatabaseReader implements AutoCloseable {
    private static final int BUSY_MILLISECONDS = 5_000;
    private static final int MOST_DAMAGE = 5;

    private final Path file;
    private final Connection connection;

    private DatabaseReader(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /// @throws StoreException when there is no such file or it is no database
    public static DatabaseReader open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StoreException(file + " does not exist", false);
        }
        var config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLISECONDS);
        try {
            return new DatabaseReader(file, config.createConnection("jdbc:sqlite:" + file));
        } catch (SQLException e) {
            throw StoreException.of("open " + file, e);
        }
    }

    /// How many statements of its schema it has seen.
    public int schema() {
        try (var statement = connection.createStatement()) {
            return DatabaseFile.version(statement);
        } catch (SQLException e) {
            throw StoreException.of("read " + file, e);
        }
    }

    /// What is wrong with the file as a whole; empty when nothing is.
    public List<String> damage() {
        var found = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("PRAGMA quick_check(" + MOST_DAMAGE + ")")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        } catch (SQLException e) {
            found.add(String.valueOf(e.getMessage()));
        }
        found.remove("ok");
        return List.copyOf(found);
    }

    /// Writes all that is committed, as of one instant, to a file that is not there yet; it is on
    /// disk when this returns.
    public void copyTo(Path copy) {
        try (var statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, copy.toString());
            statement.execute();
            try (var channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        } catch (SQLException e) {
            throw StoreException.of("copy " + file + " to " + copy, e);
        } catch (IOException e) {
            throw new StoreException("copy " + file + " to " + copy + ": " + e, e, false);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw StoreException.of("close " + file, e);
        }
    }
}
