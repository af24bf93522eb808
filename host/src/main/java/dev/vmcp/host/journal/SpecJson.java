package dev.vmcp.host.journal;

import static dev.vmcp.host.journal.Json.flag;
import static dev.vmcp.host.journal.Json.integer;
import static dev.vmcp.host.journal.Json.list;
import static dev.vmcp.host.journal.Json.map;
import static dev.vmcp.host.journal.Json.member;
import static dev.vmcp.host.journal.Json.number;
import static dev.vmcp.host.journal.Json.object;
import static dev.vmcp.host.journal.Json.string;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.core.vm.VmSpec.Boot;
import dev.vmcp.core.vm.VmSpec.Console;
import dev.vmcp.core.vm.VmSpec.Cpu;
import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.core.vm.VmSpec.Memory;
import dev.vmcp.core.vm.VmSpec.Nic;
import dev.vmcp.core.vm.VmSpec.Topology;
import java.util.Optional;

/// A VM's spec as the journal spells it. Names here are for ever: they stand in databases of users.
final class SpecJson {

    private SpecJson() {}

    static String write(VmSpec spec) {
        return document(spec).toString();
    }

    static ObjectNode document(VmSpec spec) {
        var node = Json.document();
        node.set("cpu", cpu(spec.cpu()));
        node.set("memory", memory(spec.memory()));
        node.set("boot", boot(spec.boot()));
        node.set("disks", Json.array(spec.disks(), SpecJson::disk));
        node.set("nics", Json.array(spec.nics(), SpecJson::nic));
        node.set("console", console(spec.console()));
        node.set("metadata", map(spec.metadata()));
        return node;
    }

    static VmSpec read(String text) {
        return read(Json.parse(text));
    }

    static VmSpec read(JsonNode node) {
        return new VmSpec(
                cpu(member(node, "cpu")),
                memory(member(node, "memory")),
                boot(member(node, "boot")),
                list(node, "disks", SpecJson::disk),
                list(node, "nics", SpecJson::nic),
                console(member(node, "console")),
                map(node, "metadata"));
    }

    private static JsonNode cpu(Cpu cpu) {
        var node = object().put("count", cpu.count()).put("max", cpu.max());
        cpu.topology().ifPresent(topology -> node.set("topology", topology(topology)));
        return node.set("features", map(cpu.features()));
    }

    private static Cpu cpu(JsonNode node) {
        var topology =
                node.has("topology")
                        ? Optional.of(topology(member(node, "topology")))
                        : Optional.<Topology>empty();
        return new Cpu(
                integer(node, "count"), integer(node, "max"), topology, map(node, "features"));
    }

    private static JsonNode topology(Topology topology) {
        return object().put("sockets", topology.sockets())
                .put("cores_per_socket", topology.coresPerSocket())
                .put("threads_per_core", topology.threadsPerCore());
    }

    private static Topology topology(JsonNode node) {
        return new Topology(
                integer(node, "sockets"),
                integer(node, "cores_per_socket"),
                integer(node, "threads_per_core"));
    }

    private static JsonNode memory(Memory memory) {
        return object().put("bytes", memory.bytes())
                .put("hotplug", memory.hotplug())
                .put("max_bytes", memory.maxBytes())
                .set("backing", map(memory.backing()));
    }

    private static Memory memory(JsonNode node) {
        return new Memory(
                number(node, "bytes"),
                flag(node, "hotplug"),
                number(node, "max_bytes"),
                map(node, "backing"));
    }

    private static JsonNode boot(Boot boot) {
        return object().put("kernel", boot.kernel())
                .put("initrd", boot.initrd())
                .put("args", boot.args())
                .set("options", map(boot.options()));
    }

    private static Boot boot(JsonNode node) {
        return new Boot(
                string(node, "kernel"),
                string(node, "initrd"),
                string(node, "args"),
                map(node, "options"));
    }

    static JsonNode disk(Disk disk) {
        return object().put("id", disk.id())
                .put("path", disk.path())
                .put("read_only", disk.readOnly())
                .put("root", disk.root())
                .put("interface", disk.interfaceType())
                .set("options", map(disk.options()));
    }

    static Disk disk(JsonNode node) {
        return new Disk(
                string(node, "id"),
                string(node, "path"),
                flag(node, "read_only"),
                flag(node, "root"),
                string(node, "interface"),
                map(node, "options"));
    }

    static JsonNode nic(Nic nic) {
        return object().put("id", nic.id())
                .put("mac", nic.mac())
                .put("tap", nic.tap())
                .put("interface", nic.interfaceType())
                .set("options", map(nic.options()));
    }

    static Nic nic(JsonNode node) {
        return new Nic(
                string(node, "id"),
                string(node, "mac"),
                string(node, "tap"),
                string(node, "interface"),
                map(node, "options"));
    }

    private static JsonNode console(Console console) {
        return object().put("enabled", console.enabled())
                .put("output", console.output())
                .put("input", console.input())
                .put("type", console.type());
    }

    private static Console console(JsonNode node) {
        return new Console(
                flag(node, "enabled"),
                string(node, "output"),
                string(node, "input"),
                string(node, "type"));
    }
}
