package dev.vmcp.core.backend;

/// What a backend, in its installed version, says or shows of one capability.
///
/// @param reason why not, where it is not [Status#SUPPORTED]; else empty
public record Capability(CapabilityName name, Status status, String reason) {

    /// How far a capability can be relied on.
    public enum Status {
        SUPPORTED("supported"),
        UNSUPPORTED("unsupported"),
        /// The driver has it; nobody has shown it with this version.
        UNPROVEN("unproven");

        private final String wire;

        Status(String wire) {
            this.wire = wire;
        }

        /// As operators and the wire spell it.
        public String wire() {
            return wire;
        }
    }

    public static Capability supported(CapabilityName name) {
        return new Capability(name, Status.SUPPORTED, "");
    }

    public static Capability unsupported(CapabilityName name, String reason) {
        return new Capability(name, Status.UNSUPPORTED, reason);
    }

    public static Capability unproven(CapabilityName name, String reason) {
        return new Capability(name, Status.UNPROVEN, reason);
    }
}
