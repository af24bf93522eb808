package dev.vmcp.host.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/// An empty qcow2 image of one MiB: header, reference counts, and tables that point nowhere.
final class Qcow2File {

    private static final int CLUSTER = 1 << 16;
    private static final long SIZE = 1 << 20;

    private Qcow2File() {}

    static Path write(Path file) throws IOException {
        var image = ByteBuffer.allocate(4 * CLUSTER);
        image.putInt(0x514649fb).putInt(3); // magic, version
        image.putLong(0).putInt(0); // no backing file
        image.putInt(16).putLong(SIZE).putInt(0); // cluster bits, size, no encryption
        image.putInt(1).putLong(3 * CLUSTER); // L1 table
        image.putLong(CLUSTER).putInt(1); // reference count table
        image.putInt(0).putLong(0); // no snapshots
        image.putLong(0).putLong(0).putLong(0); // features
        image.putInt(4).putInt(104); // 16-bit counts, size of this header
        image.putLong(CLUSTER, 2 * CLUSTER);
        for (var cluster = 0; cluster < 4; cluster++) {
            image.putShort(2 * CLUSTER + 2 * cluster, (short) 1);
        }
        return Files.write(file, image.array());
    }
}
