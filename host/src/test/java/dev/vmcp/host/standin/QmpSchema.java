package dev.vmcp.host.standin;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The part of QEMU 7.2's QAPI schema that a monitor here knows: commands with their arguments, `!`
/// at those that must be there. What is created by a `driver`, a `qom-type` or a `type` has the
/// arguments of that one.
final class QmpSchema {

    private static final Map<String, String> COMMANDS =
            Map.ofEntries(
                    Map.entry("query-status", ""),
                    Map.entry("query-blockstats", "query-nodes"),
                    Map.entry("query-hotpluggable-cpus", ""),
                    Map.entry("query-memory-size-summary", ""),
                    Map.entry("query-migrate", ""),
                    Map.entry("stop", ""),
                    Map.entry("cont", ""),
                    Map.entry("system_reset", ""),
                    Map.entry("system_powerdown", ""),
                    Map.entry("qom-list", "path!"),
                    Map.entry("qom-get", "path! property!"),
                    Map.entry("add-fd", "fdset-id opaque"),
                    Map.entry("remove-fd", "fdset-id! fd"),
                    Map.entry("getfd", "fdname!"),
                    Map.entry("closefd", "fdname!"),
                    Map.entry("blockdev-del", "node-name!"),
                    Map.entry("netdev_del", "id!"),
                    Map.entry("object-del", "id!"),
                    Map.entry("device_del", "id!"),
                    Map.entry("migrate", "uri! blk inc detach resume"),
                    Map.entry("migrate_cancel", ""),
                    Map.entry(
                            "migrate-set-parameters",
                            "max-bandwidth downtime-limit multifd-channels"),
                    Map.entry("blockdev-add driver=file", "filename! " + Blocks.COMMON),
                    Map.entry("blockdev-add driver=host_device", "filename! " + Blocks.COMMON),
                    Map.entry("blockdev-add driver=raw", "file! offset size " + Blocks.COMMON),
                    Map.entry("blockdev-add driver=qcow2", "file! backing " + Blocks.COMMON),
                    Map.entry("netdev_add type=tap", "type! id! fd fds ifname vhost queues"),
                    Map.entry(
                            "object-add qom-type=memory-backend-ram",
                            "qom-type! id! size! share prealloc merge dump"),
                    Map.entry(
                            "device_add driver=virtio-blk-pci",
                            "driver! id bus addr drive! serial write-cache bootindex"),
                    Map.entry(
                            "device_add driver=virtio-net-pci",
                            "driver! id bus addr netdev mac mq romfile bootindex"),
                    Map.entry("device_add driver=pc-dimm", "driver! id memdev! slot addr node"),
                    Map.entry(
                            "device_add driver=qemu64-x86_64-cpu",
                            "driver! id socket-id die-id core-id thread-id"));

    private static final class Blocks {
        static final String COMMON = "driver! node-name discard cache read-only auto-read-only";
    }

    private static final List<String> KINDS = List.of("driver", "qom-type", "type");

    private QmpSchema() {}

    /// As QEMU says it.
    static void check(QmpMonitor.Command command) throws QmpMonitor.Refused {
        var arguments = known(command);
        var given = command.arguments().keySet();
        for (var argument : arguments) {
            if (argument.endsWith("!") && !given.contains(plain(argument))) {
                throw new QmpMonitor.Refused("Parameter '" + plain(argument) + "' is missing");
            }
        }
        for (var name : given) {
            if (arguments.stream().noneMatch(one -> plain(one).equals(name))) {
                throw new QmpMonitor.Refused("Parameter '" + name + "' is unexpected");
            }
        }
    }

    private static List<String> known(QmpMonitor.Command command) throws QmpMonitor.Refused {
        var plain = COMMANDS.get(command.name());
        if (plain != null) {
            return words(plain);
        }
        for (var kind : KINDS) {
            var variant = command.name() + " " + kind + "=" + command.text(kind);
            if (COMMANDS.containsKey(variant)) {
                return words(COMMANDS.getOrDefault(variant, ""));
            }
        }
        if (names().contains(command.name())) {
            throw new QmpMonitor.Refused("Invalid parameter of " + command.name());
        }
        throw new QmpMonitor.Refused(
                "CommandNotFound", "The command " + command.name() + " has not been found");
    }

    private static Set<String> names() {
        return Set.of("blockdev-add", "netdev_add", "object-add", "device_add");
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
    }

    private static String plain(String argument) {
        return argument.replace("!", "");
    }
}
