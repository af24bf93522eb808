package dev.vmcp.host.driver;

/// What a VMM reports by itself. Called on any thread, in the order of what happened; returns at
/// once.
public interface Reaction {

    /// The guest switched itself off; the VMM still lives.
    void guestPoweredOff();

    /// The guest restarted itself.
    void guestRestarted();

    /// The guest crashed as far as the VMM can tell (internal error, pvpanic).
    void guestCrashed(String how);

    /// The VMM's control connection broke while its process may live on.
    void connectionLost(String why);
}
