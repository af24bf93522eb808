package dev.vmcp.host.driver;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import java.util.List;

/// What was found of a hypervisor on this host.
public sealed interface Probe {

    /// @param version as the program says, such as `7.2.22`
    /// @param accelerator `kvm` or `tcg`, and why, where there is the choice; else empty
    /// @param capabilities what the driver claims to do with this version, one entry for each name
    ///   that it knows; what is unsupported is refused by the port
    record Installed(String path, String version, String accelerator, List<Capability> capabilities)
            implements Probe {
        public Installed {
            capabilities = List.copyOf(capabilities);
        }

        /// What is claimed of `name`: what a driver does not mention it does not do.
        public Capability capability(CapabilityName name) {
            return capabilities.stream()
                    .filter(one -> one.name() == name)
                    .findFirst()
                    .orElseGet(() -> Capability.unsupported(name, "this driver does not have it"));
        }
    }

    /// @param why what is missing and what to do about it
    record Missing(String why) implements Probe {}
}
