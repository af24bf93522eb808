package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.verify.harness.HostProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A host that believes nobody but those whom the kernel vouches for over its socket, and the
/// command line as root, as a member of the group, and as somebody else.
final class SocketTest {

    private static final int GROUP = 54_322;
    private static final int DENIED = 8;
    private static final int UNAVAILABLE = 5;
    private static final String LIST = "vmm.v1.VmService/ListVms";

    @TempDir Path directory;
    private Path socket;
    private HostProcess.Setup setup;
    private HostProcess host;

    @BeforeEach
    void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "other users need root");
        var place = directory.toRealPath();
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        socket = place.resolve("run").resolve("host.sock");
        setup =
                Rig.setup(place)
                        .with("VMCP_REQUIRE_TOKEN", "true")
                        .with("VMCP_TRUST_LOCAL", "false")
                        .with("VMCP_LISTEN", "unix:" + socket)
                        .with("VMCP_SOCKET_GROUP", Integer.toString(GROUP));
        host = HostProcess.start(setup);
    }

    @AfterEach
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    private Command.Result cli(List<String> as, String endpoint, String token, String... words) {
        var command = new ArrayList<>(as);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.vmcp.cli.Main"));
        command.addAll(List.of(words));
        return Command.run(
                directory, Map.of("VMCP_ENDPOINT", endpoint, "VMCP_TOKEN", token), command);
    }

    private Command.Result over(List<String> as, String... words) {
        return cli(as, "unix:" + socket, "", words);
    }

    @Test
    void overTheSocketRootAndTheGroupMayDoEverythingAndTheAuditLogSaysWho() throws Exception {
        assertThat(cli(List.of(), host.url(), "", "vm", "ls").status()).isEqualTo(DENIED);

        var made = over(List.of(), "token", "create", "ci", "--scope", "operate", "-o", "json");
        assertThat(made.status()).as(made.output()).isZero();
        var text = made.output().replaceAll("(?s).*\"text\": *\"([^\"]+)\".*", "$1");
        var id = text.split("_", -1)[1];
        assertThat(cli(List.of(), host.url(), text, "vm", "rm", "none").status()).isEqualTo(3);
        assertThat(cli(List.of(), host.url(), text, "token", "ls").status()).isEqualTo(DENIED);

        assertThat(over(List.of(), "token", "ls").output()).contains(id, "ci", "operate");
        assertThat(over(List.of(), "token", "revoke", id).status()).isZero();
        assertThat(cli(List.of(), host.url(), text, "vm", "ls").status()).isEqualTo(DENIED);
        assertThat(Files.readString(setup.directory().resolve("audit.log")))
                .containsPattern("\"caller\":\"user 0\",\"peer\":\"unix:.*CreateToken")
                .containsPattern("CreateToken.*\"name\":\"ci\",\"scope\":\"operate\"")
                .containsPattern("\"caller\":\"user 0\".*RevokeToken.*" + id)
                .containsPattern("\"caller\":\"token " + id + " ci\".*DeleteVm.*not_found")
                .containsPattern("ListTokens.*permission_denied")
                .doesNotContain(text);
        assertThat(host.terminate()).isZero();
        assertThat(socket).doesNotExist();
    }

    @Test
    void theKernelKeepsOthersOut() throws Exception {
        // As curl, since the class path of a test may be for root's eyes only.
        var member = curl("--reuid=12345", "--regid=12345", "--groups=" + GROUP);
        assertThat(member.status()).as(member.output()).isZero();
        assertThat(member.output()).doesNotContain("unauthenticated");
        assertThat(curl("--reuid=12345", "--regid=12345", "--clear-groups").status()).isEqualTo(7);

        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(curl("--reuid=12345", "--regid=12345", "--clear-groups").output())
                .contains("unauthenticated", "user 12345 may not use this socket");
        assertThat(host.terminate()).isZero();
    }

    private Command.Result curl(String... as) {
        var command = new ArrayList<>(List.of("setpriv"));
        command.addAll(List.of(as));
        command.addAll(List.of("curl", "-sS", "--max-time", "30", "--unix-socket"));
        command.addAll(List.of(socket.toString(), "http://localhost/" + LIST));
        command.addAll(List.of("-H", "content-type: application/json", "-d", "{}"));
        return Command.run(directory, Map.of(), command);
    }

    @Test
    void aHostThatWasKilledIsFollowedByOneOnTheSameSocket() {
        host.kill();
        assertThat(socket).exists();
        assertThat(over(List.of(), "vm", "ls").status()).isEqualTo(UNAVAILABLE);

        host = HostProcess.start(setup);

        assertThat(over(List.of(), "vm", "ls").status()).isZero();
        assertThat(host.terminate()).isZero();
    }
}
