package dev.vmcp.host;

import dev.vmcp.host.backup.Backup;
import dev.vmcp.host.config.HostConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// `vmcp backup FILE`: saves the records of a host, which may be running.
public final class TakeBackup {
    private static final String USAGE =
            """
            Usage: vmcp backup FILE [FLAGS OF vmcp host]
            Saves the journal and the tokens of a host to FILE, also while it runs. Guests, their disks
            and their snapshots are not in it. Reads the settings of vmcp host (see: vmcp host --help),
            so that it saves the right data directory.
            Exit codes: 0 saved, 1 not saved, 2 the command line is wrong, 78 a setting is wrong.
            """;

    private TakeBackup() {}

    public static void main(String[] words) {
        System.exit(FileTool.run(List.of(words), USAGE, TakeBackup::take));
    }

    private static String take(Path file, HostConfig config, List<String> flags) {
        var taken =
                Backup.take(config.state().dataDirectory(), file, Release.version(), Instant.now());
        return "saved " + taken.vms() + " VMs (schema " + taken.schema() + ") to " + file;
    }
}
