package dev.vmcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.api.host.v1.CreateTokenRequest;
import dev.vmcp.api.host.v1.CreateTokenResponse;
import dev.vmcp.api.host.v1.ListTokensResponse;
import dev.vmcp.api.host.v1.RevokeTokenRequest;
import dev.vmcp.api.host.v1.RevokeTokenResponse;
import dev.vmcp.api.host.v1.Token;
import dev.vmcp.api.vmm.v1.ListVmsResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenCommandsTest {
    private static final String ID = "0123456789ab";
    private static final String TEXT = "vmcp_" + ID + "_secret";

    @TempDir Path directory;
    private final List<CreateTokenRequest> wishes = new ArrayList<>();
    private final List<String> revoked = new ArrayList<>();
    private AnsweringHost host;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        host = new AnsweringHost();
        shell = Shell.at(host.url());
        host.onVm("ListVms", _ -> ListVmsResponse.getDefaultInstance());
        host.onAccess(
                "CreateToken",
                bytes -> {
                    var wish = CreateTokenRequest.parseFrom(bytes);
                    wishes.add(wish);
                    var token = Token.newBuilder().setTokenId(ID).setScope(wish.getScope());
                    return CreateTokenResponse.newBuilder().setToken(token).setText(TEXT).build();
                });
        host.onAccess(
                "RevokeToken",
                bytes -> {
                    revoked.add(RevokeTokenRequest.parseFrom(bytes).getTokenId());
                    return RevokeTokenResponse.getDefaultInstance();
                });
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void aNewTokensTextStandsAloneOnStandardOutput() {
        var made = shell.run("token", "create", "ci", "--scope", "operate", "--expires", "30d");

        assertThat(made.code()).isZero();
        assertThat(made.out()).isEqualTo(TEXT + "\n");
        assertThat(made.err()).contains(ID, "operate", "vmcp token revoke " + ID);
        assertThat(wishes)
                .containsExactly(
                        CreateTokenRequest.newBuilder()
                                .setName("ci")
                                .setScope("operate")
                                .setLifetimeSeconds(30 * 86_400)
                                .build());
    }

    @Test
    void aTokenIsMadeForReadingUnlessToldAndNeedsAName() {
        assertThat(shell.run("token", "create", "ci", "-o", "json").out()).contains(TEXT);
        assertThat(wishes.getFirst().getScope()).isEqualTo("read");
        assertThat(wishes.getFirst().getLifetimeSeconds()).isZero();
        assertThat(shell.run("token", "create").code()).isEqualTo(2);
        assertThat(shell.run("token").err()).startsWith("Usage: vmcp token");
    }

    @Test
    void theListSaysWhenTokensEnd() {
        var now = Instant.now();
        var list = ListTokensResponse.newBuilder();
        for (long end : new long[] {0, 5 * 86_400_000L, -1000}) {
            list.addTokensBuilder()
                    .setTokenId(ID)
                    .setName("ci\u001b[31m")
                    .setScope("read")
                    .setCreatedAtMillis(now.minusSeconds(60).toEpochMilli())
                    .setExpiresAtMillis(end == 0 ? 0 : now.toEpochMilli() + end);
        }
        host.onAccess("ListTokens", _ -> list.build());

        var listed = shell.run("token", "ls");
        assertThat(listed.out()).contains("never", "in 4d", "expired").doesNotContain("\u001b");
        assertThat(shell.run("token", "ls", "-o", "name").out()).isEqualTo((ID + "\n").repeat(3));
    }

    @Test
    void eachTokenNamedIsRevoked() {
        var ran = shell.run("token", "revoke", ID, "ba9876543210");

        assertThat(ran.out()).isEqualTo(ID + " revoked\nba9876543210 revoked\n");
        assertThat(revoked).containsExactly(ID, "ba9876543210");
    }

    private Shell with(String name, String value) {
        var more = new HashMap<>(shell.environment());
        more.put(name, value);
        return new Shell(more, "", false);
    }

    @Test
    void aTokenComesFromItsVariableOrAFile() throws IOException {
        var file = Files.writeString(directory.resolve("t"), TEXT + "\n").toString();

        assertThat(with("VMCP_TOKEN", TEXT).run("vm", "ls").code()).isZero();
        assertThat(host.authorization()).isEqualTo("Bearer " + TEXT);
        assertThat(shell.run("vm", "ls").code()).isZero();
        assertThat(host.authorization()).isEmpty();
        assertThat(with("VMCP_TOKEN_FILE", file).run("vm", "ls").code()).isZero();
        assertThat(host.authorization()).isEqualTo("Bearer " + TEXT);
        assertThat(with("VMCP_TOKEN", "other").run("vm", "ls", "--token-file", file).code())
                .isZero();
        assertThat(host.authorization()).isEqualTo("Bearer " + TEXT);
        var absent = shell.run("vm", "ls", "--token-file", "/absent");
        assertThat(absent.code()).isEqualTo(2);
        assertThat(absent.err()).contains("--token-file: '/absent' (expected: a file to read)");
    }
}
