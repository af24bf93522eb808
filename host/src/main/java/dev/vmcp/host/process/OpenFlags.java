package dev.vmcp.host.process;

/// Flags of `open(2)` as this machine's Linux numbers them. Combine with `|`.
public final class OpenFlags {

    public static final int READ_ONLY = 0;
    public static final int WRITE_ONLY = 1;
    public static final int READ_WRITE = 2;
    public static final int CREATE = 0x40;
    public static final int EXCLUSIVE = 0x80;
    public static final int NO_CONTROLLING_TERMINAL = 0x100;
    public static final int APPEND = 0x400;
    public static final int NON_BLOCKING = 0x800;

    /// A descriptor that can be looked at and named by, but neither read nor written.
    public static final int PATH_ONLY = 0x200000;

    public static final int CLOSE_ON_EXEC = 0x80000;
    public static final int NO_FOLLOW = Machine.IS_X86 ? 0x20000 : 0x8000;

    private OpenFlags() {}
}
