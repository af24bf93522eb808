package dev.vmcp.platform.rpc.call;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The id that joins an answer, its log lines and a caller's complaint.
public final class RequestIds {
    public static final String HEADER = "x-request-id";
    private static final int MAX = 128;

    private RequestIds() {}

    /// The caller's id when it is short and plain, else a new one of 16 hexadecimal digits.
    public static String take(@Nullable String offered) {
        return offered != null && sane(offered) ? offered : fresh();
    }

    private static String fresh() {
        long bits = ThreadLocalRandom.current().nextLong();
        var digits = new byte[16];
        for (int i = 15; i >= 0; i--, bits >>>= 4) {
            digits[i] = (byte) Character.forDigit((int) (bits & 15), 16);
        }
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    private static boolean sane(String id) {
        if (id.isEmpty() || id.length() > MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || "-_.:".indexOf(c) >= 0;
            if (!plain) {
                return false;
            }
        }
        return true;
    }
}
