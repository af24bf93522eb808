package dev.vmcp.host.standin;

/// What happens to a VMM when its guest does something by itself.
interface Machine {

    void guestReset();

    void guestPoweredOff();

    void guestCrashed();
}
