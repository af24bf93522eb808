package dev.vmcp.client;

import static dev.vmcp.client.HostClientTest.boot;
import static dev.vmcp.client.HostClientTest.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What HTTP/1.1 allows a peer to answer, and what it does not. The message is a BootVmResponse
/// with `success`: bytes 8 and 1.
final class HttpFramingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/proto\r\n";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String LENGTH = OK + "Content-Length: 2\r\n\r\n\010\001";

    @ParameterizedTest
    @ValueSource(
            strings = {
                LENGTH,
                CHUNKED + "2\r\n\010\001\r\n0\r\n\r\n",
                CHUNKED + "1\r\n\010\r\n1\r\n\001\r\n0\r\n\r\n",
                CHUNKED + "0002;name=\"v\"\r\n\010\001\r\n000;x\r\nX-Trailer: 1\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n" + LENGTH,
                "HTTP/1.1 200 OK\ncontent-type:application/proto\ncontent-length:2\n\n\010\001",
                "HTTP/1.0 200 OK\r\nContent-Type: Application/Proto; x=y\r\n\r\n\010\001",
            })
    void everyLegalFramingIsRead(String answer) throws IOException {
        try (var peer = new ScriptedPeer(answer);
                var client = HostClient.of(peer.endpoint(), TlsFiles.NONE, "")) {
            assertThat(client.bootVm(boot("a")).getSuccess()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 OK\r\n\r\n",
                "HTTP/2 200 OK fine\r\n\r\n",
                OK + "no colon here\r\n\r\n",
                OK + "Content-Length: -2\r\n\r\n",
                OK + "Content-Length: 99999999999999999999\r\n\r\n",
                OK + "Transfer-Encoding: gzip, chunked\r\n\r\n",
                CHUNKED + "\r\n",
                CHUNKED + "zz\r\n",
                CHUNKED + "-2\r\n\010\001\r\n",
                CHUNKED + "2\r\n\010\001extra\r\n0\r\n\r\n",
            })
    void whatIsNoHttpIsSaidToBeNone(String answer) throws IOException {
        try (var peer = new ScriptedPeer(answer);
                var client = HostClient.of(peer.endpoint(), TlsFiles.NONE, "")) {
            var failure = failureOf(() -> client.bootVm(boot("a")));

            assertThat(failure.message()).contains("does not answer as a vmcp host does");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200",
                OK,
                OK + "Content-Length: 3\r\n\r\n\010\001",
                CHUNKED + "5\r\n\010\001",
                CHUNKED + "2\r\n\010\001\r\n",
            })
    void aConnectionCutAnywhereIsUnavailable(String answer) throws IOException {
        try (var peer = new ScriptedPeer(answer);
                var client = HostClient.of(peer.endpoint(), TlsFiles.NONE, "")) {
            assertThat(failureOf(() -> client.bootVm(boot("a"))).code())
                    .isEqualTo(Code.UNAVAILABLE);
        }
    }

    @Test
    void headersWithoutEndAreCutOff() throws IOException {
        var endless = OK + "X: y\r\n".repeat(1000) + "\r\n";
        try (var peer = new ScriptedPeer(endless);
                var client = HostClient.of(peer.endpoint(), TlsFiles.NONE, "")) {
            assertThat(failureOf(() -> client.bootVm(boot("a"))).message())
                    .contains("more than 256 headers");
        }
    }

    @Test
    void aKeptConnectionThatThePeerClosedIsReplaced() throws IOException {
        try (var peer = new ScriptedPeer(LENGTH);
                var client = HostClient.of(peer.endpoint(), TlsFiles.NONE, "")) {
            for (var i = 0; i < 3; i++) {
                client.getVmInfo(GetVmInfoRequest.getDefaultInstance());
            }

            assertThat(peer.accepted).hasValue(3);
        }
    }

    @Test
    void anAnswerThatSaysCloseIsNotFollowedByAnotherCall() throws IOException {
        var closing = OK + "Connection: close\r\nContent-Length: 2\r\n\r\n\010\001";
        try (var peer = new ScriptedPeer(closing, "nonsense");
                var client = HostClient.of(peer.endpoint(), TlsFiles.NONE, "")) {
            client.bootVm(boot("a"));
            client.bootVm(boot("a"));

            assertThat(peer.accepted).hasValue(2);
        }
    }
}
