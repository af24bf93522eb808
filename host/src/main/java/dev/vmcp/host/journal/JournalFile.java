package dev.vmcp.host.journal;

import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.platform.sqlite.DataDirectory;
import dev.vmcp.platform.sqlite.DatabaseReader;
import dev.vmcp.platform.sqlite.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a journal's file says to somebody who is not its host, which may be running.
///
/// @param schema of the file
/// @param records that this release can read
/// @param damage what it cannot, each with its VM and field; a host would not start over it
public record JournalFile(int schema, long revision, List<VmRecord> records, List<String> damage) {

    public JournalFile {
        records = List.copyOf(records);
        damage = List.copyOf(damage);
    }

    /// The schema that this release writes.
    public static int ownSchema() {
        return SqliteJournal.SCHEMA.version();
    }

    /// Whether only a later release can read it.
    public boolean newer() {
        return schema > ownSchema();
    }

    /// Reads a copy of it as a host of this release would, bringing the copy up to its own schema.
    ///
    /// @throws StoreException when there is none, or it is no database
    public static JournalFile read(Path file) {
        try (var reader = DatabaseReader.open(file)) {
            int schema = reader.schema();
            var damage = reader.damage();
            return schema > ownSchema() || !damage.isEmpty()
                    ? new JournalFile(schema, 0, List.of(), damage)
                    : rehearse(reader, schema);
        }
    }

    private static JournalFile rehearse(DatabaseReader reader, int schema) {
        try {
            var work = Files.createTempDirectory("vmcp-journal").toRealPath();
            try {
                reader.copyTo(work.resolve("journal.db"));
                return opened(work, schema);
            } finally {
                FileTrees.remove(work);
            }
        } catch (IOException e) {
            throw new StoreException("copy the journal: " + e, e, false);
        }
    }

    private static JournalFile opened(Path copy, int schema) {
        try (var directory = DataDirectory.open(copy);
                var journal = SqliteJournal.open(directory)) {
            return new JournalFile(schema, journal.revision(), journal.load(), List.of());
        } catch (StoreException e) {
            return new JournalFile(schema, 0, List.of(), List.of(String.valueOf(e.getMessage())));
        }
    }

    /// Writes all that is committed now to a file that is not there yet.
    public static void copy(Path file, Path copy) {
        try (var reader = DatabaseReader.open(file)) {
            reader.copyTo(copy);
        }
    }
}
