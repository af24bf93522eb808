package dev.vmcp.host.journal;

import static dev.vmcp.host.journal.Json.flag;
import static dev.vmcp.host.journal.Json.integer;
import static dev.vmcp.host.journal.Json.member;
import static dev.vmcp.host.journal.Json.number;
import static dev.vmcp.host.journal.Json.string;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Pending;

/// What is under way on a guest that runs, as the journal spells it. Names here are for ever: they
/// stand in databases of users.
final class PendingJson {

    private PendingJson() {}

    static String write(Pending pending) {
        var node = Json.document();
        switch (pending) {
            case Pending.Nothing _ -> {}
            case Pending.Changing(var change) -> fill(node, change);
            case Pending.Saving(var snapshot, var resume) ->
                    node.put("pending", "saving").put("snapshot", snapshot).put("resume", resume);
        }
        return node.toString();
    }

    private static void fill(ObjectNode node, Change change) {
        switch (change) {
            case Change.Resize(var cpus, var memory) ->
                    node.put("pending", "resize").put("cpus", cpus).put("memory", memory);
            case Change.AttachDisk(var disk) ->
                    node.put("pending", "attach_disk").set("disk", SpecJson.disk(disk));
            case Change.DetachDisk(var id) -> node.put("pending", "detach_disk").put("id", id);
            case Change.AttachNic(var nic) ->
                    node.put("pending", "attach_nic").set("nic", SpecJson.nic(nic));
            case Change.DetachNic(var id) -> node.put("pending", "detach_nic").put("id", id);
        }
    }

    static Pending read(String text) {
        var node = Json.parse(text);
        var word = string(node, "pending");
        return switch (word) {
            case "" -> Pending.none();
            case "saving" -> new Pending.Saving(string(node, "snapshot"), flag(node, "resume"));
            default -> new Pending.Changing(change(word, node));
        };
    }

    private static Change change(String word, JsonNode node) {
        return switch (word) {
            case "resize" -> new Change.Resize(integer(node, "cpus"), number(node, "memory"));
            case "attach_disk" -> new Change.AttachDisk(SpecJson.disk(member(node, "disk")));
            case "detach_disk" -> new Change.DetachDisk(string(node, "id"));
            case "attach_nic" -> new Change.AttachNic(SpecJson.nic(member(node, "nic")));
            case "detach_nic" -> new Change.DetachNic(string(node, "id"));
            default -> throw new Json.MalformedException("pending: " + word + " (unknown)");
        };
    }
}
