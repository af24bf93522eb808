package dev.vmcp.client;

import static dev.vmcp.client.HostClientTest.boot;
import static dev.vmcp.client.HostClientTest.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vmcp.api.vmm.v1.BootVmResponse;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WiresTest {
    @TempDir Path directory;

    @Test
    void aUnixSocketCarriesACall() throws Exception {
        var path = directory.resolve("host.sock");
        var answer = "HTTP/1.1 200 OK\r\nContent-Type: application/proto\r\n";
        var bytes =
                (answer + "Content-Length: 2\r\n\r\n\010\001")
                        .getBytes(StandardCharsets.ISO_8859_1);
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var client = HostClient.of(Endpoint.parse("unix://" + path), TlsFiles.NONE, "")) {
            server.bind(UnixDomainSocketAddress.of(path));
            Thread.ofVirtual().start(() -> answerOnce(server, bytes));

            assertThat(client.within(Duration.ofSeconds(10)).bootVm(boot("a")).getSuccess())
                    .isTrue();
        }
    }

    private static void answerOnce(ServerSocketChannel server, byte[] bytes) {
        try (var peer = server.accept()) {
            peer.read(ByteBuffer.allocate(4096));
            peer.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSilentUnixSocketFailsTheCallAtItsDeadline() throws IOException {
        var path = directory.resolve("deaf.sock");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var client = HostClient.of(new Endpoint.Unix(path), TlsFiles.NONE, "")) {
            server.bind(UnixDomainSocketAddress.of(path));
            var hurried = client.within(Duration.ofMillis(100));

            assertThat(failureOf(() -> hurried.bootVm(boot("a"))).code())
                    .isEqualTo(Code.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void aSocketFileThatIsNotThereIsNobody() {
        try (var client =
                HostClient.of(new Endpoint.Unix(directory.resolve("none")), TlsFiles.NONE, "")) {
            assertThat(failureOf(() -> client.bootVm(boot("a"))).message())
                    .startsWith("nothing answers at unix:///");
        }
    }

    @Test
    void tlsTrustsTheGivenAuthorityAndShowsTheClientCertificate() throws Exception {
        var store = keyPair("vmcp");
        var certificate = export(store, "vmcp");
        var key = privateKey(store);
        try (var host = SmallHost.tls(context(store), true)) {
            host.on(
                    "/",
                    exchange -> SmallHost.answer(exchange, BootVmResponse.getDefaultInstance()));

            try (var shown =
                            HostClient.of(
                                    host.endpoint(),
                                    new TlsFiles(certificate, certificate, key),
                                    "");
                    var bare =
                            HostClient.of(
                                    host.endpoint(), new TlsFiles(certificate, null, null), "");
                    var distrustful = HostClient.of(host.endpoint(), TlsFiles.NONE, "")) {
                shown.bootVm(boot("a"));
                shown.bootVm(boot("a"));

                assertThat(host.connections.stream().distinct()).hasSize(1);
                assertThat(failureOf(() -> bare.bootVm(boot("a"))).code())
                        .isEqualTo(Code.UNAVAILABLE);
                assertThat(failureOf(() -> distrustful.bootVm(boot("a"))).message())
                        .startsWith("TLS with https://127.0.0.1:");
            }
        }
    }

    @Test
    void halfOfAClientCertificateIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsFiles(null, directory, null))
                .withMessageContaining("expected: a certificate and its key");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, http://127.0.0.1:8080",
        "localhost:9, http://localhost:9",
        "http://[::1]:80/, http://[::1]:80",
        "https://host, https://host:443",
        "unix:///run/a b.sock, unix:///run/a b.sock",
    })
    void endpointsAreReadAsWritten(String text, String meaning) {
        assertThat(Endpoint.parse(text)).hasToString(meaning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "ftp://a:1", "unix://relative", "http://a:1/path", "http://u@a", "a b"})
    void whatIsNoEndpointIsRefusedWithTheForms(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.parse(text))
                .withMessageContaining("unix:///path");
    }

    private Path keyPair(String alias) throws Exception {
        var store = directory.resolve("keys.p12");
        keytool(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString());
        return store;
    }

    private Path export(Path store, String alias) throws Exception {
        var file = directory.resolve("certificate.pem");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                alias,
                "-file",
                file.toString(),
                "-keystore",
                store.toString());
        return file;
    }

    private Path privateKey(Path store) throws Exception {
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        var key = keys.getKey("vmcp", "changeit".toCharArray());
        var lines = Base64.getMimeEncoder().encodeToString(key.getEncoded());
        return Files.writeString(
                directory.resolve("key.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + lines + "\n-----END PRIVATE KEY-----\n");
    }

    private static void keytool(String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", "changeit"));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static SSLContext context(Path store) throws Exception {
        var password = "changeit".toCharArray();
        var keys = KeyStore.getInstance(store.toFile(), password);
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, password);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", keys.getCertificate("vmcp"));
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
