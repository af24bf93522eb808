package dev.vmcp.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// The PEM files that a TLS connection needs.
///
/// @param authorities whom to trust instead of the JDK's own list
/// @param certificate what we show the host, its own certificate first; together with `key`
/// @param key the certificate's private key, PKCS#8, without a password
public record TlsFiles(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {

    /// Trusts whom the JDK trusts, and shows nothing.
    public static final TlsFiles NONE = new TlsFiles(null, null, null);

    private static final char[] NO_PASSWORD = new char[0];

    public TlsFiles {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "client certificate: half of a pair (expected: a certificate and its key)");
        }
    }

    SSLSocketFactory socketFactory() throws IOException {
        try {
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities == null ? null : trusted(authorities));
            var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(
                    certificate == null || key == null ? null : shown(certificate, key),
                    NO_PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS files: " + e.getMessage(), e);
        }
    }

    private static KeyStore trusted(Path authorities) throws IOException, GeneralSecurityException {
        var store = emptyStore();
        var number = 0;
        for (var authority : certificates(authorities)) {
            store.setCertificateEntry("authority-" + number++, authority);
        }
        return store;
    }

    private static KeyStore shown(Path certificate, Path key)
            throws IOException, GeneralSecurityException {
        var store = emptyStore();
        var chain = certificates(certificate).toArray(Certificate[]::new);
        store.setKeyEntry("client", privateKey(key), NO_PASSWORD, chain);
        return store;
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        var text =
                Files.readString(file)
                        .replace("-----BEGIN PRIVATE KEY-----", "")
                        .replace("-----END PRIVATE KEY-----", "");
        byte[] bytes;
        try {
            bytes = Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw notAKey(file);
        }
        for (var algorithm : List.of("RSA", "EC", "Ed25519")) {
            var key = keyOf(algorithm, bytes);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw notAKey(file);
    }

    private static Optional<PrivateKey> keyOf(String algorithm, byte[] bytes)
            throws GeneralSecurityException {
        try {
            var factory = KeyFactory.getInstance(algorithm);
            return Optional.of(factory.generatePrivate(new PKCS8EncodedKeySpec(bytes)));
        } catch (InvalidKeySpecException e) {
            return Optional.empty();
        }
    }

    private static GeneralSecurityException notAKey(Path file) {
        return new GeneralSecurityException(
                file + " (expected: a PKCS#8 private key, BEGIN PRIVATE KEY, RSA, EC or Ed25519)");
    }
}
