package dev.vmcp.core.vm;

import dev.vmcp.core.vm.SpecRules.Kernel;
import dev.vmcp.core.vm.VmSpec.Boot;

/// Kernel, initrd and kernel arguments.
final class BootRules {

    /// COMMAND_LINE_SIZE of Linux on x86 less the NUL.
    static final int LONGEST_ARGS = 2047;

    private BootRules() {}

    static void check(Boot boot, Kernel kernel, Objections objections) {
        switch (kernel) {
            case REQUIRED ->
                    objections.require(
                            TextForm.path(boot.kernel()),
                            "config.boot.kernel_path",
                            boot.kernel(),
                            TextForm.PATH);
            case REFUSED -> {
                refuse("config.boot.kernel_path", boot.kernel(), objections);
                refuse("config.boot.initrd_path", boot.initrd(), objections);
                refuse("config.boot.kernel_args", boot.args(), objections);
                return;
            }
        }
        objections.require(
                boot.initrd().isEmpty() || TextForm.path(boot.initrd()),
                "config.boot.initrd_path",
                boot.initrd(),
                "empty, or " + TextForm.PATH);
        objections.require(
                TextForm.line(boot.args()) && TextForm.bytes(boot.args()) <= LONGEST_ARGS,
                "config.boot.kernel_args",
                boot.args(),
                "one line of at most " + LONGEST_ARGS + " bytes without control characters");
    }

    private static void refuse(String field, String value, Objections objections) {
        objections.requireSupported(
                value.isEmpty(), field, value, "empty: this backend boots a disk by firmware");
    }
}
