package dev.vmcp.platform.rpc.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// The one compression that every Connect and gRPC client speaks.
public final class Gzip {
    public static final String NAME = "gzip";
    public static final String IDENTITY = "identity";

    private Gzip() {}

    public static byte[] compress(byte[] plain) {
        var out = new ByteArrayOutputStream(Math.max(64, plain.length / 2));
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// Expands at most `limit` bytes; an empty input stays empty.
    public static byte[] expand(byte[] packed, int limit) throws BadMessageException {
        if (packed.length == 0) {
            return packed;
        }
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            var plain = gzip.readNBytes(limit);
            if (plain.length == limit && gzip.read() >= 0) {
                throw BadMessageException.tooLarge(limit);
            }
            return plain;
        } catch (IOException e) {
            throw BadMessageException.malformed("body is not valid gzip: " + e.getMessage());
        }
    }

    /// Whether a list such as `br, gzip;q=0.5` lets us answer in gzip.
    public static boolean acceptedBy(String list) {
        for (var part : list.split(",", 32)) {
            var item = part.strip().toLowerCase(Locale.ROOT);
            if (item.equals(NAME)) {
                return true;
            }
            if (item.startsWith(NAME + ";")) {
                return !item.replace(" ", "").matches("gzip;q=0(\\.0*)?");
            }
        }
        return false;
    }
}
