package dev.vmcp.host.doctor;

/// One thing that was looked at.
///
/// @param subject what: `kvm`, `qemu`, `data directory`
/// @param fact what was seen
/// @param cure what to do about it; empty when there is nothing to do
public record Finding(Level level, String subject, String fact, String cure) {

    /// How much it matters.
    public enum Level {
        /// It works.
        GOOD,
        /// Something is missing that not everybody needs.
        LIMITED,
        /// VMs cannot run before this is cured.
        BROKEN
    }

    static Finding good(String subject, String fact) {
        return new Finding(Level.GOOD, subject, fact, "");
    }

    static Finding limited(String subject, String fact, String cure) {
        return new Finding(Level.LIMITED, subject, fact, cure);
    }

    static Finding broken(String subject, String fact, String cure) {
        return new Finding(Level.BROKEN, subject, fact, cure);
    }
}
