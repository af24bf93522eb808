package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Set;

/// The kernels that VMMs boot directly: Linux bzImages, and x86-64 ELF files (vmlinux, PVH).
public enum KernelFormat {
    ELF,
    BZIMAGE,
    UNKNOWN;

    private static final String FIELD = "config.boot.kernel_path";

    private static final int ELF_MAGIC = 0x464c457f;
    private static final int SETUP_MAGIC = 0x53726448; // "HdrS"
    private static final int SETUP_AT = 0x202;

    /// Objects to a kernel that is none, cannot be read, or that a backend which boots `bootable`
    /// does not boot.
    public static void check(VmSpec.Boot boot, Set<KernelFormat> bootable, Objections objections) {
        var kernel = boot.kernel();
        var expected =
                bootable.contains(BZIMAGE)
                        ? "a Linux bzImage, or an x86-64 ELF kernel (vmlinux or PVH)"
                        : "an uncompressed x86-64 ELF kernel (vmlinux or PVH)";
        try {
            var format = kernel.isEmpty() ? UNKNOWN : of(Path.of(kernel));
            if (objections.require(format != UNKNOWN, FIELD, kernel, expected)) {
                objections.requireSupported(bootable.contains(format), FIELD, kernel, expected);
            }
        } catch (IOException e) {
            objections.require(false, FIELD, kernel, "a readable file");
        }
    }

    static KernelFormat of(Path kernel) throws IOException {
        var head = FileHead.read(kernel, SETUP_AT + 4).order(ByteOrder.LITTLE_ENDIAN);
        var length = head.position();
        if (elf(head, length)) {
            return ELF;
        }
        return length == head.capacity() && head.getInt(SETUP_AT) == SETUP_MAGIC
                ? BZIMAGE
                : UNKNOWN;
    }

    /// 64-bit, little-endian, executable or shared, for x86-64.
    private static boolean elf(ByteBuffer head, int length) {
        return length >= 64
                && head.getInt(0) == ELF_MAGIC
                && head.get(4) == 2
                && head.get(5) == 1
                && (head.getShort(16) == 2 || head.getShort(16) == 3)
                && head.getShort(18) == 62;
    }
}
