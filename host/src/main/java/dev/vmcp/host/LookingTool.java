package dev.vmcp.host;

import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.config.Program;
import dev.vmcp.platform.config.Startup;
import dev.vmcp.platform.telemetry.Logs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntBiFunction;
import org.slf4j.event.Level;

/// A command that looks at a machine or a host, with the settings of one.
final class LookingTool {
    private static final int USAGE = 2;
    private static final Set<String> OWN = Set.of(Doctor.NO_BOOT);

    /// What the caller wants beside the settings.
    ///
    /// @param json findings as JSON
    /// @param flags the command's own
    record Wish(boolean json, Set<String> flags) {}

    private LookingTool() {}

    /// Returns the exit status.
    static int run(List<String> words, String usage, ToIntBiFunction<HostConfig, Wish> look) {
        if (words.contains("--help") || words.contains("-h")) {
            System.out.print(usage);
            return 0;
        }
        var flags = new ArrayList<>(words);
        flags.removeAll(OWN);
        int output = flags.indexOf("-o");
        if (output >= 0) {
            if (output + 1 == flags.size() || !flags.get(output + 1).equals("json")) {
                System.err.print("vmcp: -o (expected: -o json)\n" + usage);
                return USAGE;
            }
            flags.subList(output, output + 2).clear();
        }
        var own = new HashSet<>(OWN);
        own.retainAll(words);
        var wish = new Wish(output >= 0, Set.copyOf(own));
        var startup =
                HostConfig.read(Program.VMCP, flags, System.getenv(), Startup.Output.standard());
        return switch (startup) {
            case Startup.End<HostConfig>(var status) -> status;
            case Startup.Go<HostConfig>(var config) -> {
                // What a host logs is not what was asked for.
                Logs.start(config.log().format(), Level.ERROR);
                yield look.applyAsInt(config, wish);
            }
        };
    }
}
