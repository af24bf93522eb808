package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.VmId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Hardware addresses of network devices for which nobody asked for one.
public final class MacAddress {

    private static final int GENERATED = 5;

    private MacAddress() {}

    /// The same for the same NIC of the same VM, whatever else changes; locally administered.
    public static String generated(VmId vm, String nic) {
        var hash = sha256(vm.value() + "/" + nic);
        return "02:" + HexFormat.ofDelimiter(":").formatHex(hash, 0, GENERATED);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
        }
    }
}
