package dev.vmcp.platform.rpc;

import java.util.Arrays;
import java.util.Optional;

/// TLS with ALPN. All material is PEM.
///
/// @param certificates the server's certificate and what leads to its root
/// @param key its private key, PKCS #8, without a password
/// @param clientRoots who signs client certificates, if they are asked for
@SuppressWarnings("ArrayRecordComponent") // settings are read once and not compared
public record TlsSettings(
        byte[] certificates, byte[] key, Optional<byte[]> clientRoots, ClientAuth clientAuth) {

    private static final byte[] NONE = {};

    /// What is asked of clients.
    public enum ClientAuth {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    /// TLS without client certificates.
    public static TlsSettings of(byte[] certificates, byte[] key) {
        return new TlsSettings(certificates, key, Optional.empty(), ClientAuth.NONE);
    }

    /// TLS that verifies client certificates against `roots`.
    public static TlsSettings withClients(
            byte[] certificates, byte[] key, byte[] roots, ClientAuth auth) {
        return new TlsSettings(certificates, key, Optional.of(roots), auth);
    }

    boolean sameAs(TlsSettings other) {
        return Arrays.equals(certificates, other.certificates)
                && Arrays.equals(key, other.key)
                && Arrays.equals(clientRoots.orElse(NONE), other.clientRoots.orElse(NONE));
    }
}
