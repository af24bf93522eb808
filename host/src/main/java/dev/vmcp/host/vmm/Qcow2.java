package dev.vmcp.host.vmm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What the header of a qcow2 image says, as QEMU's interop/qcow2 specification lays it out.
///
/// @param objection what was expected of an image that we would not open; empty where we would
/// @param backing the name of the file that it stands on, as the image says it; empty for none
/// @param format of that file, as the image says it; empty where it does not
record Qcow2(String objection, String backing, String format) {

    static final String EXPECTED = "a qcow2 image";

    /// An image that stands on nothing.
    static final Qcow2 ALONE = new Qcow2("", "", "");

    /// How much of an image is looked at.
    static final int HEAD = 1 << 16;

    private static final int MAGIC = 0x514649fb;
    private static final int LEAST = 72;
    private static final int BACKING_AT = 8;
    private static final int BACKING_LENGTH_AT = 16;
    private static final int LONGEST_NAME = 1023;
    private static final int ENCRYPTION_AT = 32;
    private static final int INCOMPATIBLE_AT = 72;
    private static final long EXTERNAL_DATA = 1 << 2;
    private static final int HEADER_LENGTH_AT = 100;
    private static final int EXTENSION_HEAD = 8;
    private static final int BACKING_FORMAT = 0xe2792aca;

    /// @param head the first [#HEAD] bytes, filled up to its position
    static Qcow2 of(ByteBuffer head) {
        if (head.position() < LEAST || head.getInt(0) != MAGIC) {
            return unfit(EXPECTED);
        }
        var version = head.getInt(4);
        if (version < 2 || version > 3) {
            return unfit(EXPECTED + " of version 2 or 3");
        }
        if (head.getInt(ENCRYPTION_AT) != 0) {
            return unfit(EXPECTED + " without encryption");
        }
        if (version == 3 && (head.getLong(INCOMPATIBLE_AT) & EXTERNAL_DATA) != 0) {
            return unfit(EXPECTED + " without an external data file");
        }
        long at = head.getLong(BACKING_AT);
        if (at == 0) {
            return ALONE;
        }
        long length = head.getInt(BACKING_LENGTH_AT);
        if (at < LEAST || length < 1 || length > LONGEST_NAME || at > head.position() - length) {
            return unfit(EXPECTED + " whose first 64 KiB name its backing file");
        }
        var extensions = version == 2 ? LEAST : head.getInt(HEADER_LENGTH_AT);
        return new Qcow2("", text(head, at, length), format(head, extensions, at));
    }

    private static Qcow2 unfit(String expected) {
        return new Qcow2(expected, "", "");
    }

    /// @param until where the extensions end at the latest
    private static String format(ByteBuffer head, long from, long until) {
        var at = from;
        while (at >= LEAST && at + EXTENSION_HEAD <= until) {
            var type = head.getInt((int) at);
            long length = Integer.toUnsignedLong(head.getInt((int) at + Integer.BYTES));
            at += EXTENSION_HEAD;
            if (type == 0 || at + length > until) {
                return "";
            }
            if (type == BACKING_FORMAT) {
                return text(head, at, length);
            }
            at += (length + 7) / 8 * 8;
        }
        return "";
    }

    private static String text(ByteBuffer head, long at, long length) {
        var bytes = new byte[(int) length];
        head.get((int) at, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
