package dev.vmcp.verify.e2e;

import static dev.vmcp.verify.e2e.Verbs.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.client.Code;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.verify.harness.HostProcess;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The API over TLS, on one host that shows a certificate and one that asks for one, too.
final class TlsTest {

    private static final int UNAVAILABLE = 5;

    @TempDir static Path directory;
    private static Authority ours;
    private static Authority.Signed caller;
    private static Authority.Signed stranger;
    private static Authority others;
    private static HostProcess open;
    private static HostProcess closed;

    @BeforeAll
    static void start() throws IOException {
        var place = directory.toRealPath();
        ours = Authority.named("ours", place);
        others = Authority.named("others", place);
        caller = ours.sign("caller");
        stranger = others.sign("stranger");
        var server = ours.sign("server");
        var setup =
                Rig.setup(place)
                        .with("VMCP_TLS_CERT", server.certificate().toString())
                        .with("VMCP_TLS_KEY", server.key().toString());
        open = HostProcess.start(setup);
        Files.createDirectory(place.resolve("asking"));
        var asking =
                Rig.setup(place.resolve("asking"))
                        .with("VMCP_TLS_CERT", server.certificate().toString())
                        .with("VMCP_TLS_KEY", server.key().toString())
                        .with("VMCP_TLS_CLIENT_CA", ours.certificate().toString());
        closed = HostProcess.start(asking);
    }

    @AfterAll
    static void stop() {
        assertThat(open.terminate()).isZero();
        assertThat(closed.terminate()).isZero();
    }

    private static void list(HostProcess host, TlsFiles files) {
        var endpoint = Endpoint.parse("https://" + host.address());
        try (var client = HostClient.of(endpoint, files, "")) {
            assertThat(client.listVms(ListVmsRequest.getDefaultInstance()).getTotalCount())
                    .isZero();
        }
    }

    private static TlsFiles trusting(Authority authority) {
        return new TlsFiles(authority.certificate(), null, null);
    }

    private static TlsFiles showing(Authority.Signed own) {
        return new TlsFiles(ours.certificate(), own.certificate(), own.key());
    }

    @Test
    void whoTrustsTheAuthorityIsServed() {
        list(open, trusting(ours));
    }

    @Test
    void whoTrustsAnotherAuthorityHangsUp() {
        var failed = failure(() -> list(open, trusting(others)));
        assertThat(failed.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failed.message()).contains("TLS with https://" + open.address());
    }

    @Test
    void aCertificateThatNobodyAskedForDoesNoHarm() {
        list(open, showing(stranger));
    }

    @Test
    void aCallerWithACertificateOfTheAuthorityIsServed() {
        list(closed, showing(caller));
    }

    @Test
    void aCallerWithoutACertificateIsNotServed() {
        assertThat(failure(() -> list(closed, trusting(ours))).code()).isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void aCallerWithACertificateOfAnotherAuthorityIsNotServed() {
        assertThat(failure(() -> list(closed, showing(stranger))).code())
                .isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void plainTextIsNotServed() throws IOException {
        for (var host : List.of(open, closed)) {
            var address = URI.create("http://" + host.address());
            try (var socket = new Socket(address.getHost(), address.getPort())) {
                socket.setSoTimeout(30_000);
                var request = "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                var answer =
                        new String(
                                socket.getInputStream().readAllBytes(),
                                StandardCharsets.ISO_8859_1);
                assertThat(answer).doesNotContain("HTTP/1.1");
            }
        }
        assertThat(failure(() -> listPlain(open)).code()).isEqualTo(Code.UNAVAILABLE);
    }

    private static void listPlain(HostProcess host) {
        try (var client = HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "")) {
            var _ = client.listVms(ListVmsRequest.getDefaultInstance());
        }
    }

    private static Command.Result cli(HostProcess host, String... flags) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.vmcp.cli.Main"));
        command.addAll(List.of("vm", "ls", "--endpoint", "https://" + host.address()));
        command.addAll(List.of(flags));
        return Command.run(directory, Map.of(), command);
    }

    @Test
    void theCommandLineTakesTheFiles() {
        var authority = List.of("--ca-file", ours.certificate().toString());
        var trusting = authority.toArray(String[]::new);
        var showing = new ArrayList<>(authority);
        showing.addAll(List.of("--cert-file", caller.certificate().toString()));
        showing.addAll(List.of("--key-file", caller.key().toString()));

        assertThat(cli(open, trusting).status()).isZero();
        assertThat(cli(closed, showing.toArray(String[]::new)).status()).isZero();
        assertThat(cli(closed, trusting).status()).isEqualTo(UNAVAILABLE);
        var untrusted = cli(open);
        assertThat(untrusted.status()).isEqualTo(UNAVAILABLE);
        assertThat(untrusted.output()).contains("TLS with https://" + open.address());
    }
}
