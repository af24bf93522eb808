package dev.vmcp.host.doctor;

import dev.vmcp.host.vmm.SearchPath;
import java.util.List;
import java.util.Map;

/// Firecracker's jailer, which a host that is root puts each Firecracker into.
///
/// @param program a path, or a name on the search path
/// @param wanted whether the settings ask for jails where they can be had
public record LookAtJailer(String program, boolean wanted, Map<String, String> environment)
        implements Look {
    private static final String SUBJECT = "jailer";

    @Override
    public List<Finding> findings() {
        if (!wanted) {
            return List.of(Finding.good(SUBJECT, "not wanted: --firecracker-jail is never"));
        }
        return List.of(
                SearchPath.find(program, environment)
                        .map(path -> Finding.good(SUBJECT, path.toString()))
                        .orElseGet(() ->
                                Finding.limited(
                                        SUBJECT,
                                        program + " is not there: Firecrackers run without a jail",
                                        "install the jailer of the same Firecracker release")));
    }
}
