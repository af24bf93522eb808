package dev.vmcp.platform.rpc.grpcweb;

import java.io.ByteArrayOutputStream;
import java.util.Base64;

/// Decodes base64 that arrives in arbitrary pieces and may be padded in the middle, as gRPC-Web
/// clients send it when they encode each message by itself. What is not base64 is skipped.
final class Base64Stream {
    private final byte[] quad = new byte[4];
    private int filled;

    byte[] decode(byte[] piece) {
        var out = new ByteArrayOutputStream(piece.length * 3 / 4 + 3);
        for (byte b : piece) {
            if (!letter(b)) {
                continue;
            }
            quad[filled++] = b;
            if (filled == 4) {
                filled = 0;
                try {
                    out.writeBytes(Base64.getDecoder().decode(quad));
                } catch (IllegalArgumentException e) {
                    return out.toByteArray();
                }
            }
        }
        return out.toByteArray();
    }

    private static boolean letter(byte b) {
        return (b >= 'A' && b <= 'Z')
                || (b >= 'a' && b <= 'z')
                || (b >= '0' && b <= '9')
                || b == '+'
                || b == '/'
                || b == '=';
    }
}
