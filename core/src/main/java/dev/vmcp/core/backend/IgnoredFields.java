package dev.vmcp.core.backend;

import dev.vmcp.core.vm.VmSpec;
import java.util.Optional;

/// What of a spec a backend takes and does nothing with, as its documents promise.
public final class IgnoredFields {

    private IgnoredFields() {}

    /// The field and why; empty where all of the spec counts.
    public static Optional<String> of(VmSpec spec, String backend) {
        return backend.equals("firecracker") && spec.cpu().max() > spec.cpu().count()
                ? Optional.of("max_vcpu_count: Firecracker adds no virtual CPUs")
                : Optional.empty();
    }
}
