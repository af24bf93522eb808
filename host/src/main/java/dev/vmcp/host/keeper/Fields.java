package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.VmSpec;

/// Fields of a spec as the caller of a change spells them.
final class Fields {

    private Fields() {}

    /// `config.storage[2].path` is `disk.path` to one who attaches the third disk.
    static String ofRequest(Change change, VmSpec target, String field) {
        return switch (change) {
            case Change.Resize _ ->
                    switch (field) {
                        case "config.cpu.vcpu_count" -> "vcpu_count";
                        case "config.memory.size_bytes" -> "memory_size_bytes";
                        default -> field;
                    };
            case Change.AttachDisk(var disk) ->
                    replaced(field, "config.storage[" + target.disks().indexOf(disk) + "]", "disk");
            case Change.AttachNic(var nic) ->
                    replaced(field, "config.network[" + target.nics().indexOf(nic) + "]", "nic");
            case Change.DetachDisk _, Change.DetachNic _ -> field;
        };
    }

    private static String replaced(String field, String prefix, String by) {
        return field.startsWith(prefix) ? by + field.substring(prefix.length()) : field;
    }
}
