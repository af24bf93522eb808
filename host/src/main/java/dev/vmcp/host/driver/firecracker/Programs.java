package dev.vmcp.host.driver.firecracker;

import dev.vmcp.host.process.Processes;
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

    private final InstalledProgram firecracker;
    private final InstalledProgram jailer;
    private final String wish;
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
        wish = environment.getOrDefault(JAIL, "auto");
        root = Privileges.root();
    }

    /// Firecracker; missing also where it must be jailed and cannot be.
    Found find() {
        var found = firecracker.find();
        if (found instanceof Found.Missing || !wish.equals("always")) {
            return found;
        }
        if (!root) {
            return new Found.Missing(JAIL + " is always, and the jailer needs root");
        }
        return jailer.find() instanceof Found.Missing(var why) ? new Found.Missing(why) : found;
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
