package dev.vmcp.host.journal;

import static dev.vmcp.host.journal.Json.flag;
import static dev.vmcp.host.journal.Json.number;
import static dev.vmcp.host.journal.Json.string;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Phase.Booting;
import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.core.vm.Phase.Deleting;
import dev.vmcp.core.vm.Phase.Failed;
import dev.vmcp.core.vm.Phase.Paused;
import dev.vmcp.core.vm.Phase.Running;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.Phase.Stopping;
import dev.vmcp.core.vm.ProcessId;

/// A VM's phase as the journal spells it: a `phase` word and what is true in that phase. Names here
/// are for ever: they stand in databases of users.
final class PhaseJson {

    private PhaseJson() {}

    static String write(Phase phase) {
        return fill(Json.document(), phase).toString();
    }

    static Phase read(String text) {
        var node = Json.parse(text);
        var word = string(node, "phase");
        return switch (word) {
            case "created" -> new Created();
            case "booting" -> new Booting(launch(node));
            case "running" -> new Running(launch(node), process(node));
            case "paused" -> new Paused(launch(node), process(node));
            case "stopping" -> new Stopping(launch(node), process(node), flag(node, "restart"));
            case "stopped" -> new Stopped(string(node, "how"));
            case "failed" -> new Failed(string(node, "why"));
            case "deleting" ->
                    new Deleting(Json.list(node, "launches", item -> new LaunchId(item.asText())));
            default -> throw new Json.MalformedException("phase: " + word + " (unknown)");
        };
    }

    private static ObjectNode fill(ObjectNode node, Phase phase) {
        return switch (phase) {
            case Created _ -> node.put("phase", "created");
            case Booting(var launch) -> put(node.put("phase", "booting"), launch);
            case Running(var launch, var process) ->
                    put(put(node.put("phase", "running"), launch), process);
            case Paused(var launch, var process) ->
                    put(put(node.put("phase", "paused"), launch), process);
            case Stopping(var launch, var process, var restart) ->
                    put(put(node.put("phase", "stopping"), launch), process)
                            .put("restart", restart);
            case Stopped(var how) -> node.put("phase", "stopped").put("how", how);
            case Failed(var why) -> node.put("phase", "failed").put("why", why);
            case Deleting(var launches) -> {
                node.put("phase", "deleting")
                        .set("launches", Json.array(launches, id -> new TextNode(id.value())));
                yield node;
            }
        };
    }

    private static ObjectNode put(ObjectNode node, LaunchId launch) {
        return node.put("launch", launch.value());
    }

    private static ObjectNode put(ObjectNode node, ProcessId process) {
        node.putObject("process")
                .put("pid", process.pid())
                .put("start_ticks", process.startTicks())
                .put("boot_id", process.bootId());
        return node;
    }

    private static LaunchId launch(JsonNode node) {
        return new LaunchId(string(node, "launch"));
    }

    private static ProcessId process(JsonNode node) {
        var process = Json.member(node, "process");
        return new ProcessId(
                number(process, "pid"), number(process, "start_ticks"), string(process, "boot_id"));
    }
}
