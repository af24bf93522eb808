package dev.vmcp.host.journal;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.platform.sqlite.StoreException;
import dev.vmcp.platform.sqlite.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The table `vms`: rows in, records out.
final class VmRows {
    private static final String ALL = "SELECT * FROM vms ORDER BY ordinal";
    private static final String PUT =
            """
            INSERT INTO vms (id, spec, backend, reason, slot, phase, run, pending, created, modified,
              revision)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
              spec = excluded.spec, backend = excluded.backend, reason = excluded.reason,
              slot = excluded.slot, phase = excluded.phase, run = excluded.run,
              pending = excluded.pending,
              created = excluded.created, modified = excluded.modified, revision = excluded.revision\
            """;

    private static final String ADVANCE =
            "UPDATE vms SET phase = ?, run = ?, pending = ?, modified = ?, revision = ? WHERE id = ?";

    private VmRows() {}

    /// What has become of a VM, in the form of the table; made as [Row] is.
    record Step(VmRecord record, String phase, String run, String pending) {

        static Step of(VmRecord record) {
            return new Step(
                    record,
                    PhaseJson.write(record.phase()),
                    RunJson.write(record.run()),
                    PendingJson.write(record.pending()));
        }

        long write(Transaction work, long revision) throws SQLException {
            var advance = work.statement(ADVANCE);
            advance.setString(1, phase);
            advance.setString(2, run);
            advance.setString(3, pending);
            advance.setString(4, record.modified().toString());
            advance.setLong(5, revision);
            advance.setString(6, record.id().value());
            if (advance.executeUpdate() != 1) {
                throw new StoreException("journal: VM " + record.id() + " has no record", false);
            }
            return revision;
        }
    }

    /// A record in the form of the table, made by the caller's thread to spare the committer.
    record Row(VmRecord record, String spec, String phase, String run, String pending) {

        static Row of(VmRecord record) {
            return new Row(
                    record,
                    SpecJson.write(record.spec()),
                    PhaseJson.write(record.phase()),
                    RunJson.write(record.run()),
                    PendingJson.write(record.pending()));
        }

        long write(Transaction work, long revision) throws SQLException {
            var put = work.statement(PUT);
            put.setString(1, record.id().value());
            put.setString(2, spec);
            put.setString(3, record.backend());
            put.setString(4, record.reason());
            put.setInt(5, record.slot());
            put.setString(6, phase);
            put.setString(7, run);
            put.setString(8, pending);
            put.setString(9, record.created().toString());
            put.setString(10, record.modified().toString());
            put.setLong(11, revision);
            put.executeUpdate();
            return revision;
        }
    }

    /// Every record; or every row that cannot be read, in one failure.
    static List<VmRecord> all(Transaction work) throws SQLException {
        var records = new ArrayList<VmRecord>();
        var damage = new ArrayList<String>();
        try (var rows = work.statement(ALL).executeQuery()) {
            while (rows.next()) {
                try {
                    records.add(record(rows));
                } catch (Json.MalformedException e) {
                    damage.add("VM " + rows.getString("id") + ": " + e.getMessage());
                }
            }
        }
        if (!damage.isEmpty()) {
            throw new StoreException(
                    "the journal has rows that cannot be read: "
                            + String.join("; ", damage)
                            + " (repair or delete them in journal.db)",
                    false);
        }
        return List.copyOf(records);
    }

    private static VmRecord record(ResultSet row) throws SQLException {
        return new VmRecord(
                read(row, "id", VmId::new),
                read(row, "spec", SpecJson::read),
                row.getString("backend"),
                row.getString("reason"),
                row.getInt("slot"),
                read(row, "phase", PhaseJson::read),
                read(row, "run", RunJson::read),
                read(row, "pending", PendingJson::read),
                read(row, "created", Instant::parse),
                read(row, "modified", Instant::parse),
                row.getLong("revision"));
    }

    private static <T> T read(ResultSet row, String column, Function<String, T> form)
            throws SQLException {
        try {
            return form.apply(row.getString(column));
        } catch (Json.MalformedException | IllegalArgumentException | DateTimeException e) {
            throw new Json.MalformedException(column + ": " + e.getMessage());
        }
    }
}
