package dev.vmcp.host.process;

/// What differs between the processor architectures as far as the kernel's interface goes.
final class Machine {

    static final boolean IS_X86 = "amd64".equals(System.getProperty("os.arch"));

    private Machine() {}
}
