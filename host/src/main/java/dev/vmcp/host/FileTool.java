package dev.vmcp.host;

import dev.vmcp.host.backup.BackupException;
import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.config.Program;
import dev.vmcp.platform.config.Startup;
import dev.vmcp.platform.sqlite.StoreException;
import dev.vmcp.platform.telemetry.Logs;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.event.Level;

/// A command that takes a file and the settings of a host.
final class FileTool {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final Set<String> OWN = Set.of(RestoreBackup.FORCE);

    /// What it does; returns what to say of it.
    @FunctionalInterface
    interface Deed {
        String on(Path file, HostConfig config, List<String> ownFlags);
    }

    private FileTool() {}

    static int run(List<String> words, String usage, Deed deed) {
        if (words.contains("--help") || words.contains("-h")) {
            System.out.print(usage);
            return 0;
        }
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            System.err.print("vmcp: no FILE (expected: as the first word)\n" + usage);
            return USAGE;
        }
        var rest = words.subList(1, words.size());
        var own = rest.stream().filter(OWN::contains).toList();
        var flags = rest.stream().filter(word -> !OWN.contains(word)).toList();
        var startup =
                HostConfig.read(Program.VMCP, flags, System.getenv(), Startup.Output.standard());
        return switch (startup) {
            case Startup.End<HostConfig>(var status) -> status;
            case Startup.Go<HostConfig>(var config) -> {
                Logs.start(config.log().format(), Level.ERROR);
                try {
                    System.out.println(deed.on(Path.of(words.getFirst()), config, own));
                    yield 0;
                } catch (BackupException | StoreException e) {
                    System.err.println("vmcp: " + e.getMessage());
                    yield FAILED;
                }
            }
        };
    }
}
