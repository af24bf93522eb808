package dev.vmcp.core.vm;

import dev.vmcp.core.vm.VmSpec.Nic;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Network interfaces, each alone and all together.
final class NicRules {

    private static final Set<String> INTERFACES = Set.of("", "virtio-net", "e1000");

    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}");

    /// IFNAMSIZ of Linux less the NUL; `%` would be a pattern to the kernel.
    private static final Pattern TAP = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,14}");

    private NicRules() {}

    static void check(List<Nic> all, Objections objections) {
        var nics = DeviceForm.bounded(all, "config.network", objections);
        var once = new DeviceForm(objections);
        for (var i = 0; i < nics.size(); i++) {
            one(nics.get(i), "config.network[" + i + "]", once, objections);
        }
    }

    private static void one(Nic nic, String at, DeviceForm once, Objections objections) {
        if (objections.require(
                DeviceForm.id(nic.id()), at + ".id", nic.id(), DeviceForm.ID_EXPECTED)) {
            once.once("id " + nic.id(), at + ".id", nic.id());
        }
        if (objections.require(
                TAP.matcher(nic.tap()).matches(),
                at + ".tap_device",
                nic.tap(),
                "the name of a TAP: 1 to 15 characters of A-Z a-z 0-9 . _ -, the first a letter,"
                        + " digit or _")) {
            once.once("tap " + nic.tap(), at + ".tap_device", nic.tap());
        }
        if (!nic.mac().isEmpty()
                && objections.require(
                        unicast(nic.mac()),
                        at + ".mac_address",
                        nic.mac(),
                        "empty, or a unicast address such as 52:54:00:01:02:03")) {
            once.once("mac " + lower(nic.mac()), at + ".mac_address", nic.mac());
        }
        objections.require(
                INTERFACES.contains(nic.interfaceType()),
                at + ".interface_type",
                nic.interfaceType(),
                "empty, virtio-net or e1000");
    }

    private static boolean unicast(String mac) {
        return MAC.matcher(mac).matches()
                && (Integer.parseInt(mac, 0, 2, 16) & 1) == 0
                && !mac.equals("00:00:00:00:00:00");
    }

    private static String lower(String mac) {
        return mac.toLowerCase(Locale.ROOT);
    }
}
