package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What handshakes show and trust, looked at again now and then: new connections get what is new,
/// those that stand keep what they have. What cannot be used, such as one half of a pair that is
/// being replaced, leaves the old in force and is logged once.
final class LiveTls implements TlsProvider {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTls.class);

    private final Supplier<TlsSettings> source;
    private final Duration every;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile TlsMaterial material;
    private TlsSettings seen;
    private String trouble = "";

    /// @throws RuntimeException when the first settings cannot be used
    LiveTls(Supplier<TlsSettings> source, Duration every) {
        this.source = source;
        this.every = every;
        this.seen = source.get();
        this.material = TlsMaterial.of(seen);
        warnOfAge(material);
    }

    /// What is asked of clients does not change.
    TlsSettings.ClientAuth clientAuth() {
        return seen.clientAuth();
    }

    void start() {
        Thread.ofVirtual().name("tls-files").start(this::watch);
    }

    private void watch() {
        try {
            while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            var now = source.get();
            if (now.sameAs(seen)) {
                trouble = "";
                return;
            }
            var next = TlsMaterial.of(now);
            material = next;
            seen = now;
            trouble = "";
            LOG.atInfo()
                    .addKeyValue("event", "tls.reloaded")
                    .addKeyValue("subject", next.subject())
                    .addKeyValue("expires", next.expires())
                    .log("new connections get the new certificate");
            warnOfAge(next);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    private void complain(String what) {
        if (!what.equals(trouble)) {
            trouble = what;
            LOG.atError()
                    .addKeyValue("event", "tls.refused")
                    .addKeyValue("error", what)
                    .addKeyValue("in_force", material.subject())
                    .log("the new TLS files cannot be used; the old ones stay in force");
        }
    }

    private static void warnOfAge(TlsMaterial material) {
        if (material.expires().isBefore(Instant.now())) {
            LOG.atWarn()
                    .addKeyValue("event", "tls.expired")
                    .addKeyValue("subject", material.subject())
                    .addKeyValue("expires", material.expires())
                    .log("the certificate has expired");
        }
    }

    @Override
    public TlsKeyPair keyPair(String hostname) {
        return material.pair();
    }

    @Override
    public List<X509Certificate> trustedCertificates(String hostname) {
        return material.roots();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
