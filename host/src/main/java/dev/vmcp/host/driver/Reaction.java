package dev.vmcp.host.driver;

import dev.vmcp.host.process.SerialPort;

/// What a VMM reports by itself. Called on any thread, in the order of what happened; returns at
/// once.
public interface Reaction {

    /// The guest switched itself off; the VMM still lives.
    void guestPoweredOff();

    /// The guest restarted itself.
    void guestRestarted();

    /// The guest crashed as far as the VMM can tell (internal error, pvpanic).
    void guestCrashed(String how);

    /// The console is here now: told before the guest's first instruction where [Driver#serial]
    /// could not say, and after each move. What the guest prints meanwhile is kept by the VMM.
    void serialAt(SerialPort port);

    /// The VMM's control connection broke while its process may live on.
    void connectionLost(String why);
}
