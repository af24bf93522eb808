package dev.vmcp.host.driver;

/// What a VMM says of its guest.
public enum GuestState {
    RUNNING,
    PAUSED,
    /// Switched off by itself; the VMM lives.
    POWERED_OFF,
    /// Crashed; the VMM lives.
    CRASHED
}
