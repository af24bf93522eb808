package dev.vmcp.host.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;

/// The certificate that the API shows: whether it can be read, and how long it is good for.
///
/// @param certificate PEM, the chain that callers get
/// @param key its private key
public record LookAtCertificate(Path certificate, Path key, InstantSource clock) implements Look {
    private static final String SUBJECT = "certificate";
    private static final Duration SOON = Duration.ofDays(30);

    @Override
    public List<Finding> findings() {
        if (!Files.isReadable(key)) {
            return List.of(
                    Finding.broken(
                            SUBJECT, "its key " + key + " cannot be read", "chown or chmod it"));
        }
        try (var in = Files.newInputStream(certificate)) {
            var chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
            return List.of(
                    chain.stream()
                            .map(X509Certificate.class::cast)
                            .min(Comparator.comparing(X509Certificate::getNotAfter))
                            .map(this::judge)
                            .orElseGet(() -> unreadable("it has no certificate")));
        } catch (IOException | CertificateException e) {
            return List.of(unreadable(String.valueOf(e.getMessage())));
        }
    }

    private Finding unreadable(String why) {
        return Finding.broken(
                SUBJECT, certificate + ": " + why, "write the chain there, in the form PEM");
    }

    /// The first of the chain to expire decides.
    private Finding judge(X509Certificate first) {
        var ends = first.getNotAfter().toInstant();
        var now = clock.instant();
        var fact = certificate + " is good until " + ends;
        var cure = "renew it";
        if (!ends.isAfter(now)) {
            return Finding.broken(SUBJECT, certificate + " expired at " + ends, cure);
        }
        if (first.getNotBefore().toInstant().isAfter(now)) {
            return Finding.broken(
                    SUBJECT,
                    certificate + " is good only from " + first.getNotBefore().toInstant(),
                    "set the clock of this machine, or take another certificate");
        }
        return ends.isBefore(soon(now))
                ? Finding.limited(SUBJECT, fact, cure)
                : Finding.good(SUBJECT, fact);
    }

    private static Instant soon(Instant now) {
        return now.plus(SOON);
    }
}
