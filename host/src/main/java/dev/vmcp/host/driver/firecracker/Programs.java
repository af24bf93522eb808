package dev.vmcp.host.driver.firecracker;

import dev.vmcp.host.process.Processes;
import dev.vmcp.host.vmm.ControlGroups;
import dev.vmcp.host.vmm.InstalledProgram;
import dev.vmcp.host.vmm.InstalledProgram.Found;
import dev.vmcp.host.vmm.Privileges;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The installed Firecracker and its jailer, and whether VMs are jailed.
final class Programs {

    static final String JAIL = "VMCP_FIRECRACKER_JAIL";
    static final String LIMITS = "VMCP_FIRECRACKER_LIMITS";

    private final InstalledProgram firecracker;
    private final InstalledProgram jailer;
    private final String wish;
    private final ControlGroups groups = ControlGroups.ofHost();
    private final boolean limited;
    private final boolean root;

    Programs(Processes processes, Map<String, String> environment) {
        firecracker =
                new InstalledProgram(
                        new InstalledProgram.Wanted(
                                "firecracker",
                                "VMCP_FIRECRACKER",
                                "install a release of Firecracker",
                                Pattern.compile("(?m)^Firecracker v(\\d+(\\.\\d+)+\\S*)")),
                        processes,
                        environment);
        jailer =
                new InstalledProgram(
                        new InstalledProgram.Wanted(
                                "jailer",
                                "VMCP_JAILER",
                                "install the jailer of the same release as Firecracker",
                                Pattern.compile("(?m)^Jailer v(\\d+(\\.\\d+)+\\S*)")),
                        processes,
                        environment);
        limited = environment.getOrDefault(LIMITS, "false").equals("true");
        wish = environment.getOrDefault(JAIL, "auto");
        root = Privileges.root();
    }

    /// Firecracker; missing also where it must be jailed and cannot be.
    Found find() {
        var found = firecracker.find();
        var jailed = wish.equals("always") || limited;
        if (found instanceof Found.Missing || !jailed) {
            return found;
        }
        var why = limited ? LIMITS + " is true" : JAIL + " is always";
        if (!root) {
            return new Found.Missing(why + ", and the jailer needs root");
        }
        if (limited && wish.equals("never")) {
            return new Found.Missing(why + ", and " + JAIL + " is never");
        }
        if (limited && !groups.lacking().isEmpty()) {
            return new Found.Missing(
                    why
                            + ", and this host has no control groups for: "
                            + String.join(", ", groups.lacking()));
        }
        return jailer.find() instanceof Found.Missing missing ? missing : found;
    }

    /// Whether jails have control groups with limits.
    boolean limited() {
        return limited;
    }

    ControlGroups groups() {
        return groups;
    }

    /// The jailer, where VMs are jailed: we are root, it is there, and nobody turned it off.
    Optional<Path> jailer() {
        if (!root || wish.equals("never")) {
            return Optional.empty();
        }
        return jailer.find() instanceof Found.Installed(var path, _)
                ? Optional.of(path)
                : Optional.empty();
    }
}
