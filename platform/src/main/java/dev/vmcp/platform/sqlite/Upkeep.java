package dev.vmcp.platform.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/// Keeps a database as small as what is in it: gives the pages of deleted rows back to the disk, a
/// few at a time, and empties a log that has grown.
final class Upkeep {
    /// Fewer free pages than this are kept for rows to come: 1 MiB of pages of 4 KiB.
    private static final int SPARE_PAGES = 256;

    private static final int PAGES_AT_ONCE = 1_024;

    /// The log is emptied when it is longer; SQLite lets it grow to half of that.
    private static final long LONGEST_LOG = 8 << 20;

    private final Connection connection;
    private final Path log;

    Upkeep(DatabaseFile file) {
        this.connection = file.connection();
        this.log = file.path().resolveSibling(file.path().getFileName() + "-wal");
    }

    /// Does a small part of what is to be done; whether there is more.
    boolean once() throws SQLException {
        int free = number("PRAGMA freelist_count");
        int surplus = Math.max(0, free - Math.max(SPARE_PAGES, number("PRAGMA page_count") / 4));
        int pages = Math.min(surplus, PAGES_AT_ONCE);
        if (pages > 0) {
            try (var statement = connection.createStatement()) {
                // It gives back one page at each step; of the driver's ways only this takes all.
                statement.executeUpdate("PRAGMA incremental_vacuum(" + pages + ")");
            }
        }
        if (pages > 0 || length() > LONGEST_LOG) {
            // The file gets shorter only now. A reader that holds a part of the log puts it off.
            number("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        return pages > 0 && number("PRAGMA freelist_count") < free;
    }

    private long length() {
        try {
            return Files.size(log);
        } catch (IOException e) {
            return 0;
        }
    }

    private int number(String pragma) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(pragma)) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }
}
