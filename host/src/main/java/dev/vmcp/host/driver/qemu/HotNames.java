package dev.vmcp.host.driver.qemu;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Names for what stands behind a device, which QEMU wants shorter than ids of devices may be.
final class HotNames {

    private static final int BYTES = 12;

    private HotNames() {}

    /// The same for the same id.
    static String of(String id) {
        return HexFormat.of().formatHex(sha256(id), 0, BYTES);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
        }
    }
}
