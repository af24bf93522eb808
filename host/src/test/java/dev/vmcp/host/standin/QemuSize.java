package dev.vmcp.host.standin;

import dev.vmcp.host.standin.QmpMonitor.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How much a QEMU has and may have: virtual CPUs, one to a core of one socket, and memory.
final class QemuSize {

    private final boolean grows;
    private final String[] cores;
    private final long base;
    private final long most;
    private long plugged;

    QemuSize(Arguments arguments) {
        var processors = arguments.after("-smp").orElseThrow();
        var count = Integer.parseInt(Arguments.value(processors, "cpus").orElseThrow());
        cores = new String[Integer.parseInt(Arguments.value(processors, "maxcpus").orElseThrow())];
        for (var i = 0; i < cores.length; i++) {
            cores[i] = i < count ? "/machine/unattached/device[" + i + "]" : "";
        }
        var memory = arguments.after("-m").orElseThrow();
        base = bytes(memory, "size");
        most = Math.max(base, bytes(memory, "maxmem"));
        grows = arguments.after("-machine").orElse("").startsWith("q35");
    }

    private static long bytes(String list, String key) {
        return Arguments.value(list, key)
                .map(text -> Long.parseLong(text.substring(0, text.length() - 1)))
                .orElse(0L);
    }

    /// From the last to the first, as QEMU lists them.
    List<Map<String, Object>> places() throws Refused {
        if (!grows) {
            throw new Refused("The feature 'query-hotpluggable-cpus' is not enabled");
        }
        var all = new ArrayList<Map<String, Object>>();
        for (var i = cores.length - 1; i >= 0; i--) {
            var place = new HashMap<String, Object>();
            place.put("type", "qemu64-x86_64-cpu");
            place.put("vcpus-count", 1L);
            place.put("props", Map.of("socket-id", 0L, "core-id", (long) i, "thread-id", 0L));
            if (!cores[i].isEmpty()) {
                place.put("qom-path", cores[i]);
            }
            all.add(place);
        }
        return all;
    }

    void place(int core, String path) throws Refused {
        if (core < 0 || core >= cores.length) {
            throw new Refused("Invalid CPU core-id: " + core);
        }
        if (!cores[core].isEmpty()) {
            throw new Refused("CPU[" + core + "] with APIC ID " + core + " exists");
        }
        cores[core] = path;
    }

    void leave(String path) {
        for (var i = 0; i < cores.length; i++) {
            if (cores[i].equals(path)) {
                cores[i] = "";
            }
        }
    }

    Map<String, Object> memory() {
        return Map.of("base-memory", base, "plugged-memory", plugged);
    }

    void plug(long bytes) throws Refused {
        if (!grows || base + plugged + bytes > most) {
            throw new Refused(
                    "not enough space, currently 0x"
                            + Long.toHexString(plugged)
                            + " in use of total space for memory devices 0x"
                            + Long.toHexString(most - base));
        }
        plugged += bytes;
    }

    void unplug(long bytes) {
        plugged -= bytes;
    }
}
