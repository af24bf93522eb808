package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.TlsKeyPair;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// TLS settings, parsed and found to belong together.
///
/// @param roots who signs the certificates of clients; empty where none are asked for
record TlsMaterial(TlsKeyPair pair, List<X509Certificate> roots) {
    private static final byte[] SAMPLE = {1, 2, 3};

    /// @throws IllegalArgumentException when something cannot be read, or the key is not that of
    ///   the certificate
    static TlsMaterial of(TlsSettings settings) {
        try {
            var pair =
                    TlsKeyPair.of(
                            new ByteArrayInputStream(settings.key()),
                            new ByteArrayInputStream(settings.certificates()));
            if (!belongs(pair.privateKey(), pair.certificateChain().getFirst())) {
                throw new IllegalArgumentException("the key is not that of the certificate");
            }
            var roots =
                    settings.clientRoots().isPresent()
                            ? certificates(settings.clientRoots().get())
                            : List.<X509Certificate>of();
            return new TlsMaterial(pair, roots);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
        var found = new ArrayList<X509Certificate>();
        for (var one :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(pem))) {
            found.add((X509Certificate) one);
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no certificate of a client authority is there");
        }
        return List.copyOf(found);
    }

    private static boolean belongs(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        var algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        var signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(SAMPLE);
        var signature = signing.sign();
        var verifying = Signature.getInstance(algorithm);
        verifying.initVerify(certificate.getPublicKey());
        verifying.update(SAMPLE);
        return verifying.verify(signature);
    }

    String subject() {
        return pair.certificateChain().getFirst().getSubjectX500Principal().getName();
    }

    Instant expires() {
        return pair.certificateChain().getFirst().getNotAfter().toInstant();
    }
}
