package dev.vmcp.host.vmm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What the header of a qcow2 image says, as QEMU's interop/qcow2 specification lays it out.
public final class Qcow2 {

    private static final int MAGIC = 0x514649fb;
    private static final int HEADER = 104;
    private static final int BACKING_AT = 8;
    private static final int INCOMPATIBLE_AT = 72;
    private static final long EXTERNAL_DATA = 1 << 2;

    private Qcow2() {}

    /// Why we would not open it: an image that names other files makes QEMU open them.
    public static Optional<String> objection(Path image) throws IOException {
        var head = FileHead.read(image, HEADER);
        if (head.position() < 72 || head.getInt(0) != MAGIC) {
            return Optional.of("a qcow2 image");
        }
        if (head.getLong(BACKING_AT) != 0) {
            return Optional.of("a qcow2 image without a backing file");
        }
        var external = head.getInt(4) >= 3 && (head.getLong(INCOMPATIBLE_AT) & EXTERNAL_DATA) != 0;
        return external
                ? Optional.of("a qcow2 image without an external data file")
                : Optional.empty();
    }
}
