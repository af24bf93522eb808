package dev.vmcp.host.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The text of a token: `vmcp_<id>_<secret>`, 256 random bits that are kept nowhere but with its
/// owner. Against guessing so many bits a plain hash is enough.
record TokenText(String id, String secret) {

    private static final Pattern FORM = Pattern.compile("vmcp_([0-9a-f]{12})_([A-Za-z0-9_-]{43})");
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;

    static TokenText random(RandomGenerator random) {
        var id = new byte[ID_BYTES];
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        return new TokenText(
                HexFormat.of().formatHex(id),
                Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    static Optional<TokenText> parse(String text) {
        var form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new TokenText(form.group(1), form.group(2)))
                : Optional.empty();
    }

    String text() {
        return "vmcp_" + id + "_" + secret;
    }

    /// What is kept of the secret.
    String hash() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(digest.digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: missing (expected: in every JDK)", e);
        }
    }

    /// Compares in constant time.
    boolean proves(String hash) {
        return MessageDigest.isEqual(
                hash().getBytes(StandardCharsets.US_ASCII),
                hash.getBytes(StandardCharsets.US_ASCII));
    }

    /// Never shows the secret.
    @Override
    public String toString() {
        return "vmcp_" + id + "_…";
    }
}
