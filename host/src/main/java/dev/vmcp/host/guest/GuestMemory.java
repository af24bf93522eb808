package dev.vmcp.host.guest;

/// Where the tiny guest keeps things, in physical addresses.
final class GuestMemory {

    static final int ORIGIN = 0x100000;

    /// Interrupt gates, 8 bytes each.
    static final int GATES = ORIGIN + 0x4000;

    static final int STACK = ORIGIN + 0x5000;
    static final int NONCE_LOW = STACK;
    static final int NONCE_HIGH = STACK + 4;

    /// What the kernel arguments asked for: [#LISTEN], [#PRINT].
    static final int WISHES = STACK + 8;

    static final int LINES = STACK + 12;

    /// Set by interrupt handlers, cleared by the main loop.
    static final int TICKED = STACK + 16;

    static final int BUTTON_PRESSED = STACK + 17;

    /// Where PVH's start information says that ACPI's tables begin.
    static final int RSDP = STACK + 20;

    /// Addresses of 64 bits, 0 where there is none.
    static final int EVENTS_AT = STACK + 24;

    static final int PCI_AT = STACK + 32;
    static final int END = STACK + 40;

    /// Counts boots. Lies beyond what a loader clears, so that a reset keeps it.
    static final int BOOTS = ORIGIN + 0x8000;

    /// Page tables, beyond what a loader clears.
    static final int PAGES = ORIGIN + 0x9000;

    static final int LISTEN = 1;
    static final int PRINT = 2;

    private GuestMemory() {}
}
