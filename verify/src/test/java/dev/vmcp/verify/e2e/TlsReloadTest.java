package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.verify.harness.HostProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS files are replaced while a client goes on calling.
final class TlsReloadTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String COMPLAINT = "\"event\":\"tls.refused\"";

    @TempDir Path directory;
    private Path place;
    private Authority ours;
    private Path certificate;
    private Path key;
    private Path roots;
    private HostProcess.Setup setup;
    private HostProcess host;

    @BeforeEach
    void start() throws IOException {
        place = directory.toRealPath();
        ours = Authority.named("ours", place);
        certificate = place.resolve("live.crt");
        key = place.resolve("live.key");
        roots = place.resolve("live-roots.crt");
        install(ours.sign("first"));
        Files.copy(ours.certificate(), roots);
        setup =
                Rig.setup(place)
                        .with("VMCP_TLS_CERT", certificate.toString())
                        .with("VMCP_TLS_KEY", key.toString())
                        .with("VMCP_TLS_CLIENT_CA", roots.toString());
        host = HostProcess.start(setup);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private void install(Authority.Signed signed) throws IOException {
        replace(signed.certificate(), certificate);
        replace(signed.key(), key);
    }

    private static void replace(Path with, Path file) throws IOException {
        var next = Files.copy(with, file.resolveSibling(file.getFileName() + ".next"));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private HostClient client(Authority.Signed caller) {
        return HostClient.of(
                Endpoint.parse("https://" + host.address()),
                new TlsFiles(ours.certificate(), caller.certificate(), caller.key()),
                "");
    }

    private static void list(HostClient client) {
        assertThat(client.listVms(ListVmsRequest.getDefaultInstance()).getTotalCount()).isZero();
    }

    private boolean serves(Authority.Signed caller) {
        try (var client = client(caller)) {
            list(client);
            return true;
        } catch (dev.vmcp.client.CallFailed e) {
            return false;
        }
    }

    /// Whom a new connection meets.
    private String met() {
        try {
            var anyone = SSLContext.getInstance("TLS");
            anyone.init(null, new TrustManager[] {new Everybody()}, new SecureRandom());
            var address = URI.create("https://" + host.address());
            try (var socket =
                    (SSLSocket)
                            anyone.getSocketFactory()
                                    .createSocket(address.getHost(), address.getPort())) {
                socket.startHandshake();
                var shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
                return shown.getSubjectX500Principal().getName();
            }
        } catch (IOException | GeneralSecurityException e) {
            return e.toString();
        }
    }

    private static final class Everybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private long complaints() {
        try (var lines = Files.lines(setup.log())) {
            return lines.filter(line -> line.contains(COMPLAINT)).count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void newFilesServeNewConnectionsAndOldConnectionsGoOn() throws Exception {
        var caller = ours.sign("caller");
        var calls = new AtomicInteger();
        try (var steady = client(caller)) {
            list(steady);
            for (var name : new String[] {"second", "third"}) {
                install(ours.sign(name));
                Await.until(
                        "the certificate of " + name,
                        SOON,
                        () -> {
                            list(steady);
                            calls.incrementAndGet();
                            assertThat(serves(caller)).isTrue();
                            return met().equals("CN=" + name);
                        });
            }
            list(steady);
        }
        assertThat(calls.get()).isGreaterThan(2);
        assertThat(host.terminate()).isZero();
    }

    @Test
    void whatCannotBeUsedLeavesTheOldInForceAndIsLogged() throws Exception {
        var caller = ours.sign("caller");
        var other = ours.sign("other");
        Files.writeString(certificate, "this is no certificate\n");
        Await.until("a complaint", SOON, () -> complaints() == 1);
        assertThat(met()).isEqualTo("CN=first");

        replace(other.certificate(), certificate);
        Await.until("a complaint about half a pair", SOON, () -> complaints() == 2);
        assertThat(met()).isEqualTo("CN=first");
        Files.delete(key);
        Await.until("a complaint about no key", SOON, () -> complaints() == 3);
        assertThat(met()).isEqualTo("CN=first");
        assertThat(serves(caller)).isTrue();

        Files.copy(other.key(), key);
        Await.until("the whole pair", SOON, () -> met().equals("CN=other"));
        assertThat(Files.readString(setup.log())).contains("the key is not that of the cert");
        assertThat(host.terminate()).isZero();
    }

    @Test
    void theAuthorityOfCallersIsReplacedToo() throws Exception {
        var theirs = Authority.named("theirs", place);
        var before = ours.sign("before");
        var after = theirs.sign("after");
        assertThat(serves(before)).isTrue();
        assertThat(serves(after)).isFalse();

        replace(theirs.certificate(), roots);

        Await.until("the new authority", SOON, () -> serves(after));
        assertThat(serves(before)).isFalse();
        assertThat(host.terminate()).isZero();
    }
}
