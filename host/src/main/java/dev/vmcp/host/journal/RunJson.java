package dev.vmcp.host.journal;

import dev.vmcp.core.vm.Run;
import java.time.Instant;

/// What is known of a run of a VM, as the journal spells it. Names here are for ever: they stand in
/// databases of users.
final class RunJson {

    private RunJson() {}

    static String write(Run run) {
        var node = Json.document();
        if (!run.equals(Run.NONE)) {
            node.put("launched", run.launched().toString())
                    .put("quick_ends", run.quickEnds())
                    .put("restarting", run.restarting());
        }
        BaseJson.fill(node, run.base());
        return node.toString();
    }

    static Run read(String text) {
        var node = Json.parse(text);
        var launched = Json.string(node, "launched");
        return new Run(
                launched.isEmpty() ? Instant.EPOCH : Instant.parse(launched),
                Json.integer(node, "quick_ends"),
                Json.flag(node, "restarting"),
                BaseJson.read(node));
    }
}
