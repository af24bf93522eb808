package dev.vmcp.cli;

import dev.vmcp.api.vmm.v1.VmState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Names of VM states.
final class States {
    private static final String PREFIX = "VM_STATE_";

    private States() {}

    /// `running`.
    static String show(VmState state) {
        return state.name().equals("UNRECOGNIZED")
                ? "unknown"
                : state.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    }

    /// Reads names with commas between them.
    static List<VmState> parse(String text) {
        var states = new ArrayList<VmState>();
        for (var name : text.split(",", -1)) {
            states.add(
                    switch (name.strip().toLowerCase(Locale.ROOT)) {
                        case "created" -> VmState.VM_STATE_CREATED;
                        case "running" -> VmState.VM_STATE_RUNNING;
                        case "paused" -> VmState.VM_STATE_PAUSED;
                        case "shutdown", "stopped" -> VmState.VM_STATE_SHUTDOWN;
                        default ->
                                throw new IllegalArgumentException(
                                        "'"
                                                + name
                                                + "' is no state (expected: created, running,"
                                                + " paused, shutdown)");
                    });
        }
        return states;
    }
}
