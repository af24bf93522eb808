package dev.vmcp.host;

import dev.vmcp.host.backup.Backup;
import dev.vmcp.host.config.HostConfig;
import java.nio.file.Path;
import java.util.List;

/// `vmcp restore FILE`: puts the records of a host back.
public final class RestoreBackup {
    static final String FORCE = "--force";

    private static final String USAGE =
            """
            Usage: vmcp restore FILE [--force] [FLAGS OF vmcp host]
            Puts back what `vmcp backup` saved, while no host runs on the data directory. The next start
            of the host takes up the guests of it that still run. Checks the whole of FILE first.
              --force   Replace the records that are there; they are kept as journal.db.replaced.
            Exit codes: 0 restored, 1 nothing was changed, 2 the command line is wrong, 78 a setting is
            wrong.
            """;

    private RestoreBackup() {}

    public static void main(String[] words) {
        System.exit(FileTool.run(List.of(words), USAGE, RestoreBackup::restore));
    }

    private static String restore(Path file, HostConfig config, List<String> flags) {
        var saved = Backup.restore(file, config.state().dataDirectory(), flags.contains(FORCE));
        return "restored "
                + saved.vms()
                + " VMs as of "
                + saved.taken()
                + " to "
                + config.state().dataDirectory();
    }
}
