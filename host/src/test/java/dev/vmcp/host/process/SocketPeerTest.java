package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketPeerTest {

    @TempDir Path directory;
    private Path socket;

    @BeforeEach
    void name() {
        socket = directory.resolve("s");
    }

    @Test
    void whoListensIsNamed() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));

            var peer = SocketPeer.of(socket);

            assertThat(peer.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(peer.startTicks())
                    .isEqualTo(ProcStat.of(peer.pid()).orElseThrow().startTicks());
        }
        assertThatThrownBy(() -> SocketPeer.of(socket))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining("connect to " + socket);
    }

    @Test
    void nobodyIsThere() throws Exception {
        assertThatThrownBy(() -> SocketPeer.of(socket)).isInstanceOf(ProcessException.class);
        Files.writeString(socket, "no socket");
        assertThatThrownBy(() -> SocketPeer.of(socket)).isInstanceOf(ProcessException.class);
        assertThatThrownBy(() -> SocketPeer.of(directory.resolve("x".repeat(110))))
                .hasMessageContaining("at most 107 bytes");
    }
}
