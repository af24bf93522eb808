package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// What an open descriptor refers to. Two descriptors with the same device and inode are one file.
///
/// @param allocated what it takes on the disk, in bytes
/// @param device major number in the upper, minor in the lower 32 bits
public record FileStatus(Kind kind, long device, long inode, long size, long allocated, int uid) {

    /// The type in the upper bits of `st_mode`.
    public enum Kind {
        REGULAR,
        DIRECTORY,
        FIFO,
        SOCKET,
        BLOCK,
        CHARACTER,
        OTHER
    }

    private static final MethodHandle STATX =
            Libc.bind(
                    "statx",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int BASIC_STATS = 0x7ff;
    private static final int STATX_BYTES = 256;

    /// Offsets in `struct statx`, which is the same on every architecture.
    private static final int UID = 20;

    private static final int MODE = 28;
    private static final int INODE = 32;
    private static final int SIZE = 40;
    private static final int SECTORS = 48;
    private static final int SECTOR_BYTES = 512;
    private static final int DEVICE_MAJOR = 136;
    private static final int DEVICE_MINOR = 140;

    public static FileStatus of(int descriptor) {
        var found = new FileStatus[1];
        var result =
                Libc.call((arena, errno) -> {
                    var buffer = arena.allocate(STATX_BYTES, Long.BYTES);
                    var done =
                            (int)
                                    STATX.invokeExact(
                                            errno,
                                            descriptor,
                                            arena.allocateFrom(""),
                                            AT_EMPTY_PATH,
                                            BASIC_STATS,
                                            buffer);
                    found[0] =
                            new FileStatus(
                                    kind(buffer.get(JAVA_SHORT, MODE)),
                                    ((long) buffer.get(JAVA_INT, DEVICE_MAJOR) << 32)
                                            | buffer.get(JAVA_INT, DEVICE_MINOR),
                                    buffer.get(JAVA_LONG, INODE),
                                    buffer.get(JAVA_LONG, SIZE),
                                    buffer.get(JAVA_LONG, SECTORS) * SECTOR_BYTES,
                                    buffer.get(JAVA_INT, UID));
                    return done;
                });
        Libc.check(result, "status of descriptor " + descriptor);
        return found[0];
    }

    private static Kind kind(short mode) {
        return switch ((mode & 0xf000) >> 12) {
            case 0x1 -> Kind.FIFO;
            case 0x2 -> Kind.CHARACTER;
            case 0x4 -> Kind.DIRECTORY;
            case 0x6 -> Kind.BLOCK;
            case 0x8 -> Kind.REGULAR;
            case 0xc -> Kind.SOCKET;
            default -> Kind.OTHER;
        };
    }
}
