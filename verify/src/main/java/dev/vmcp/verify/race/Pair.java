package dev.vmcp.verify.race;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.RaceTable;
import dev.vmcp.core.vm.RaceTable.Call;
import dev.vmcp.core.vm.RaceTable.Ending;
import dev.vmcp.core.vm.Verb;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Two calls that are made at once on a VM in a phase.
record Pair(Call a, Call b, Start start) {

    /// Where a VM is when they come.
    enum Start {
        CREATED,
        RUNNING,
        PAUSED,
        STOPPED,
        FAILED;

        private Phase phase() {
            var launch = new LaunchId("l-" + "0".repeat(24));
            var process = new ProcessId(1, 1, "");
            return switch (this) {
                case CREATED -> new Phase.Created();
                case RUNNING -> new Phase.Running(launch, process);
                case PAUSED -> new Phase.Paused(launch, process);
                case STOPPED -> new Phase.Stopped("");
                case FAILED -> new Phase.Failed("");
            };
        }
    }

    /// Every pair there is.
    static List<Pair> all() {
        var calls =
                Arrays.stream(Verb.values())
                        .flatMap(verb -> Stream.of(new Call(verb, false), new Call(verb, true)))
                        .toList();
        return Arrays.stream(Start.values())
                .flatMap(start ->
                        calls.stream().flatMap(a -> calls.stream().map(b -> new Pair(a, b, start))))
                .toList();
    }

    boolean allows(Ending ending) {
        return RaceTable.allows(a, b, start.phase(), ending);
    }

    @Override
    public String toString() {
        return words(a) + " and " + words(b) + " in " + start.phase().word();
    }

    private static String words(Call call) {
        return call.verb().word() + (call.force() ? " with force" : "");
    }
}
