package dev.vmcp.cli;

import dev.vmcp.cli.terminal.Terminal;
import java.util.List;

/// The training run of the AOT cache: runs what people run most, so that the cache holds the
/// classes that it takes. Prints as they do; ends well whatever came of each.
public final class Rehearsal {
    private static final String VM = "aot-rehearsal";

    private static final List<String> LINES =
            List.of(
                    "--help",
                    "vm create --help",
                    "version",
                    "capabilities",
                    "vm create --name " + VM + " --kernel /boot/none --disk /tmp/a,ro --net tap=t0",
                    "vm ls",
                    "vm ls -o json",
                    "vm info " + VM,
                    "vm info " + VM + " -o json",
                    "vm watch --once",
                    "vm boot " + VM,
                    "vm stop " + VM,
                    "vm rm " + VM,
                    "vm console " + VM + " --no-follow",
                    "vm ls --state nothing");

    private Rehearsal() {}

    public static void main(String[] words) {
        for (var line : LINES) {
            Cli.run(Terminal.ofProcess(), line.split(" ", -1));
        }
    }
}
