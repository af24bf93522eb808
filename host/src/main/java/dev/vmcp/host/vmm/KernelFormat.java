package dev.vmcp.host.vmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// The kernels that VMMs boot directly: Linux bzImages, and x86-64 ELF files (vmlinux, PVH).
public enum KernelFormat {
    ELF,
    BZIMAGE,
    UNKNOWN;

    public static final String EXPECTED =
            "a Linux bzImage, or an x86-64 ELF kernel (vmlinux or PVH)";

    public static final String ELF_EXPECTED = "an uncompressed x86-64 ELF kernel (vmlinux or PVH)";

    private static final int ELF_MAGIC = 0x464c457f;
    private static final int SETUP_MAGIC = 0x53726448; // "HdrS"
    private static final int SETUP_AT = 0x202;

    public static boolean known(Path kernel) throws IOException {
        return of(kernel) != UNKNOWN;
    }

    public static KernelFormat of(Path kernel) throws IOException {
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
