package dev.vmcp.host.doctor;

import dev.vmcp.host.journal.JournalFile;
import dev.vmcp.platform.sqlite.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The journal of a data directory: whether a host could start on it. Its host may be running.
public record LookAtJournal(Path data) implements Look {
    private static final String SUBJECT = "journal";
    private static final String RESTORE = "stop the host, then: vmcp restore FILE --force";

    @Override
    public List<Finding> findings() {
        var file = data.resolve("journal.db");
        if (!Files.exists(file)) {
            return List.of(Finding.good(SUBJECT, "none yet; the first start makes it"));
        }
        try {
            return List.of(judge(JournalFile.read(file), Files.size(file)));
        } catch (StoreException | IOException e) {
            return List.of(Finding.broken(SUBJECT, String.valueOf(e.getMessage()), RESTORE));
        }
    }

    private static Finding judge(JournalFile journal, long size) {
        if (journal.newer()) {
            return Finding.broken(
                    SUBJECT,
                    "written by a later release (schema " + journal.schema() + ")",
                    "run that release or a later one");
        }
        return journal.damage().isEmpty()
                ? Finding.good(
                        SUBJECT,
                        journal.records().size()
                                + " VMs, schema "
                                + journal.schema()
                                + ", "
                                + (size >> 10)
                                + " KiB")
                : Finding.broken(SUBJECT, String.join("; ", journal.damage()), RESTORE);
    }
}
