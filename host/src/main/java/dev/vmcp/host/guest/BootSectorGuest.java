package dev.vmcp.host.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A guest in the first sector of a disk, for hypervisors that boot by firmware only.
///
/// It prints the tiny guest's banner on the first serial port, then halts for ever. One that
/// listens reads the second sector of its disk at each tick of the clock and does what [#tell]
/// wrote there after the banner: `N` prints the banner again, `R` resets, `P` powers off (both as a
/// q35 does), `C` crashes, `H` hangs, `F` prints for ever.
public final class BootSectorGuest {

    /// Firmware takes smaller disks for none.
    private static final int DISK_BYTES = 1 << 20;

    private static final int SECTOR = 512;
    private static final int SIGNATURE_AT = SECTOR - 2;

    private BootSectorGuest() {}

    /// The raw image of its disk.
    public static byte[] image(boolean listening) {
        var code = new BootSectorProgram().assemble(listening);
        if (code.length > SIGNATURE_AT) {
            throw new IllegalStateException(
                    "code: " + code.length + " bytes (expected: at most " + SIGNATURE_AT + ")");
        }
        var image = ByteBuffer.allocate(DISK_BYTES).put(code);
        image.put(SIGNATURE_AT, (byte) 0x55).put(SIGNATURE_AT + 1, (byte) 0xaa);
        return image.array();
    }

    /// Writes the image, over what was there.
    public static void writeTo(Path file, boolean listening) throws IOException {
        Files.write(file, image(listening));
    }

    /// Tells the guest that listens on `disk` to do something.
    ///
    /// @param count tells commands of the same key apart: another one than the last time
    public static void tell(Path disk, char key, int count) throws IOException {
        try (var file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            var command = ByteBuffer.wrap(new byte[] {ascii(key), (byte) count});
            file.write(command, SECTOR);
        }
    }

    private static byte ascii(char key) {
        return String.valueOf(key).getBytes(StandardCharsets.US_ASCII)[0];
    }

    /// Writes the image of one that does not listen to the file that the one argument names.
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: BootSectorGuest FILE");
            System.exit(2);
        }
        writeTo(Path.of(arguments[0]), false);
    }
}
