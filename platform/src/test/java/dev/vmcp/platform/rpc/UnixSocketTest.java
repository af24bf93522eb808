package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who comes over a unix socket, and what becomes of its file. Callers are real curls.
final class UnixSocketTest {
    private static final int GROUP = 54_321;
    private static final int REFUSED = 7;

    @TempDir Path directory;
    private Path path;

    private record Ran(int status, String output) {}

    @BeforeEach
    void name() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        path = directory.resolve("run").resolve("api.sock");
    }

    private RpcServer serving(OptionalInt group) {
        return RpcServer.builder()
                .bindUnix(path, group)
                .route("/who", request -> WebReply.text(200, who(request)))
                .build();
    }

    private static String who(WebRequest request) {
        var peer = (UnixPeer) request.peer();
        return peer + " in group: " + peer.isInGroup(GROUP);
    }

    private Ran curl(String... before) throws Exception {
        var command = new ArrayList<>(List.of(before));
        command.addAll(List.of("curl", "-sS", "--max-time", "20", "--unix-socket"));
        command.addAll(List.of(path.toString(), "http://localhost/who"));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), output);
    }

    private static String[] as(int user, int own, String more) {
        return new String[] {"setpriv", "--reuid", "" + user, "--regid", "" + own, more};
    }

    @Test
    void theKernelSaysWhoCalls() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "other users need root");
        var server = serving(OptionalInt.of(GROUP));
        server.start();
        try {
            assertThat(curl().output()).contains("uid=0").endsWith("in group: false");
            assertThat(curl(as(12_345, GROUP, "--clear-groups")).output())
                    .contains("uid=12345")
                    .endsWith("in group: true");
            var many = new StringBuilder("--groups=");
            for (int other = 1000; other < 1100; other++) {
                many.append(other).append(',');
            }
            assertThat(curl(as(12_345, 12_345, many.append(GROUP).toString())).output())
                    .contains("uid=12345")
                    .endsWith("in group: true");
            assertThat(curl(as(12_345, 12_345, "--groups=1000")).status()).isEqualTo(REFUSED);
        } finally {
            server.stop(Duration.ZERO);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void withoutAGroupItIsForItsOwnerOnly() throws Exception {
        var server = serving(OptionalInt.empty());
        server.start();
        try {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        } finally {
            server.stop(Duration.ZERO);
        }
    }

    @Test
    void whatACrashLeftIsReplacedAndWhoListensIsNot() throws Exception {
        Files.createDirectory(path.getParent());
        try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        var first = serving(OptionalInt.empty());
        first.start();
        var second = serving(OptionalInt.empty());
        assertThatThrownBy(second::start)
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("another process listens there");
        assertThat(curl().status()).isZero();
        first.stop(Duration.ZERO);
    }

    @Test
    void aFileThatIsNoSocketStays() throws Exception {
        Files.createDirectory(path.getParent());
        Files.writeString(path, "mine");

        assertThatThrownBy(serving(OptionalInt.empty())::start)
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("no socket");
        assertThat(path).hasContent("mine");
    }

    @Test
    void theSocketOfASuccessorStaysWhenWeEnd() throws Exception {
        var first = serving(OptionalInt.empty());
        first.start();
        Files.delete(path);
        var second = serving(OptionalInt.empty());
        second.start();

        first.stop(Duration.ZERO);

        assertThat(curl().status()).isZero();
        second.stop(Duration.ZERO);
    }
}
