package dev.vmcp.host.driver;

import java.util.List;

/// What was found of a hypervisor on this host.
public sealed interface Probe {

    /// @param version as the program says, such as `7.2.22`
    /// @param accelerator `kvm` or `tcg`, and why, where there is the choice; else empty
    record Installed(String path, String version, String accelerator, List<Capability> capabilities)
            implements Probe {
        public Installed {
            capabilities = List.copyOf(capabilities);
        }
    }

    /// @param why what is missing and what to do about it
    record Missing(String why) implements Probe {}

    /// One thing a backend may be able to do. `status` is `supported`, `unsupported` or `unproven`.
    record Capability(String name, String status, String reason) {}
}
