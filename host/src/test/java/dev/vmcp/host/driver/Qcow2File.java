package dev.vmcp.host.driver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An empty qcow2 image of one MiB: header, reference counts, and tables that point nowhere.
public final class Qcow2File {

    private static final int CLUSTER = 1 << 16;
    private static final long SIZE = 1 << 20;
    private static final int BACKING_AT = 512;

    private Qcow2File() {}

    public static Path write(Path file) throws IOException {
        return write(file, "", "");
    }

    /// One that stands on another file.
    ///
    /// @param backing as the header names it; empty for none
    /// @param format of that file, as the header says it; empty = it does not
    public static Path write(Path file, String backing, String format) throws IOException {
        var image = ByteBuffer.allocate(4 * CLUSTER);
        image.putInt(0x514649fb).putInt(3); // magic, version
        image.putLong(backing.isEmpty() ? 0 : BACKING_AT).putInt(backing.length());
        image.putInt(16).putLong(SIZE).putInt(0); // cluster bits, size, no encryption
        image.putInt(1).putLong(3 * CLUSTER); // L1 table
        image.putLong(CLUSTER).putInt(1); // reference count table
        image.putInt(0).putLong(0); // no snapshots
        image.putLong(0).putLong(0).putLong(0); // features
        image.putInt(4).putInt(104); // 16-bit counts, size of this header
        if (!format.isEmpty()) {
            image.putInt(0xe2792aca).putInt(format.length()).put(format.getBytes(US_ASCII));
        }
        image.put(BACKING_AT, backing.getBytes(US_ASCII));
        image.putLong(CLUSTER, 2 * CLUSTER);
        for (var cluster = 0; cluster < 4; cluster++) {
            image.putShort(2 * CLUSTER + 2 * cluster, (short) 1);
        }
        return Files.write(file, image.array());
    }

    /// A disk, the image that it stands on, and the raw file under both, in that order.
    static List<Path> chain(Path directory) throws IOException {
        var base = Files.write(directory.resolve("base.raw"), new byte[(int) SIZE]);
        var middle = write(directory.resolve("middle.qcow2"), "base.raw", "raw");
        var top = write(directory.resolve("top.qcow2"), middle.toString(), "qcow2");
        return List.of(top, middle, base);
    }
}
