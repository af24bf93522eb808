package dev.vmcp.host.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A guest of some two kilobytes that boots in milliseconds wherever a PVH kernel does.
///
/// It prints `vmcp tiny guest nonce=<16 hex digits>` on the first serial port, the nonce new at
/// each boot, then halts for ever. With `vmcp.listen` among the kernel arguments it obeys the power
/// button of QEMU and of Cloud Hypervisor, lets go of PCI devices that are unplugged from a q35 or
/// from Cloud Hypervisor, restarts on Firecracker's Ctrl-Alt-Del, and reads keys, between which it
/// halts: `N` prints the nonce again, `Z` takes another one and prints that, `R` resets, `P` powers
/// off, `C` crashes, `H` hangs, `F` prints until another key comes; anything else is echoed. With
/// `vmcp.print` it prints `vmcp line <count>` ten times a second.
public final class TinyGuest {

    /// What the first line of output begins with; the nonce follows.
    public static final String BANNER = "vmcp tiny guest nonce=";

    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int NOTE = 24;
    private static final int CODE_AT = HEADER + 2 * PROGRAM_HEADER + NOTE + 8;

    private TinyGuest() {}

    /// The guest as an ELF64 file with the PVH note that Xen defined.
    public static byte[] image() {
        var code = new GuestProgram().assemble();
        var image = ByteBuffer.allocate(CODE_AT + code.length).order(ByteOrder.LITTLE_ENDIAN);
        header(image);
        image.putInt(4).putInt(4); // PT_NOTE, readable
        segment(image, HEADER + 2 * PROGRAM_HEADER, NOTE, NOTE, 4);
        image.putInt(1).putInt(7); // PT_LOAD, readable, writable, executable
        segment(image, CODE_AT, code.length, GuestMemory.END - GuestMemory.ORIGIN, 16);
        image.putInt(4).putInt(8).putInt(18); // XEN_ELFNOTE_PHYS32_ENTRY
        image.put("Xen\0".getBytes(StandardCharsets.US_ASCII)).putLong(GuestMemory.ORIGIN);
        image.position(CODE_AT).put(code);
        return image.array();
    }

    /// Writes the image, over what was there.
    public static void writeTo(Path file) throws IOException {
        Files.write(file, image());
    }

    /// Writes the image to the file that the one argument names.
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: TinyGuest FILE");
            System.exit(2);
        }
        writeTo(Path.of(arguments[0]));
    }

    private static void header(ByteBuffer image) {
        image.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        image.putShort((short) 2).putShort((short) 62).putInt(1); // executable, x86-64
        image.putLong(GuestMemory.ORIGIN).putLong(HEADER).putLong(0).putInt(0);
        image.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 2);
        image.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    private static void segment(ByteBuffer image, int at, int size, int memory, int align) {
        var address = at == CODE_AT ? GuestMemory.ORIGIN : 0;
        image.putLong(at).putLong(address).putLong(address);
        image.putLong(size).putLong(memory).putLong(align);
    }
}
