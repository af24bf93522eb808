package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.verify.harness.HostProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may do what, asked of a running host by plain HTTP.
class AccessTest {

    private static final String LIST = "vmm.v1.VmService/ListVms";
    private static final String DELETE = "vmm.v1.VmService/DeleteVm";
    private static final String TOKENS = "vmcp.host.v1.AccessService/ListTokens";
    private static final String NO_VM = "{\"vm_id\": \"no-such-vm\"}";
    private static final Pattern TEXT = Pattern.compile("\"text\":\\s*\"([^\"]+)\"");
    private static final Pattern ID = Pattern.compile("vmcp_([0-9a-f]+)_");

    @TempDir private Path directory;
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aTokenMayDoWhatItsScopeSaysAndNothingElsePasses() throws Exception {
        var trusting = Rig.setup(directory.toRealPath());
        String read;
        String operate;
        String admin;
        try (var host = HostProcess.start(trusting)) {
            read = made(host, "read");
            operate = made(host, "operate");
            admin = made(host, "admin");
            host.terminate();
        }
        var strict = trusting.with("VMCP_REQUIRE_TOKEN", "true").with("VMCP_TRUST_LOCAL", "false");
        try (var host = HostProcess.start(strict)) {
            for (var nothing : List.of("", "Bearer wrong", "Basic abc", "Bearer " + read + "x")) {
                assertThat(statuses(host, nothing)).as(nothing).containsExactly(401, 401, 401);
            }
            assertThat(statuses(host, "Bearer " + read)).containsExactly(200, 403, 403);
            assertThat(statuses(host, "bearer " + operate)).containsExactly(200, 404, 403);
            assertThat(statuses(host, "Bearer " + admin)).containsExactly(200, 404, 200);
            assertThat(logLevel(host, "Bearer " + operate)).isEqualTo(403);
            assertThat(logLevel(host, "Bearer " + admin)).isEqualTo(200);
            assertThat(post(host, DELETE, "{no JSON", "Bearer " + admin).statusCode())
                    .isEqualTo(400);
            revoke(host, admin, operate);
            assertThat(statuses(host, "Bearer " + operate)).containsExactly(401, 401, 401);
            assertThat(get(host, "/health")).isEqualTo(200);
            assertThat(get(host, "/_/health")).isEqualTo(200);
            host.terminate();
        }

        var audit = Files.readString(strict.directory().resolve("audit.log"));
        assertThat(audit)
                .contains("\"outcome\":\"unauthenticated\"")
                .contains("\"outcome\":\"permission_denied\"")
                .containsPattern("DeleteVm.*\"outcome\":\"invalid_argument\"")
                .containsPattern("DeleteVm.*\"vm_id\":\"no-such-vm\".*\"outcome\":\"not_found\"")
                .containsPattern("\"caller\":\"token [0-9a-f]+ a admin\".*RevokeToken")
                .doesNotContain(read, operate, admin);
    }

    @Test
    void whoIsOfThisMachineNeedsNoTokenButAWrongOneIsWrong() throws Exception {
        try (var host = HostProcess.start(Rig.setup(directory.toRealPath()))) {
            assertThat(statuses(host, "")).containsExactly(200, 404, 200);
            assertThat(statuses(host, "Bearer nonsense")).containsExactly(401, 401, 401);
            host.terminate();
        }
    }

    @Test
    void badWishesForATokenAreNamed() throws Exception {
        try (var host = HostProcess.start(Rig.setup(directory.toRealPath()))) {
            var answer =
                    post(
                            host,
                            "vmcp.host.v1.AccessService/CreateToken",
                            "{\"name\": \"\", \"scope\": \"root\", \"lifetime_seconds\": -1}",
                            "");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("name:", "scope: root", "read, operate or admin", "lifetime_seconds");
            host.terminate();
        }
    }

    private String made(HostProcess host, String scope) throws Exception {
        var wish = "{\"name\": \"a %s\", \"scope\": \"%s\"}".formatted(scope, scope);
        var answer = post(host, "vmcp.host.v1.AccessService/CreateToken", wish, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var text = TEXT.matcher(answer.body());
        assertThat(text.find()).isTrue();
        return text.group(1);
    }

    private void revoke(HostProcess host, String admin, String text) throws Exception {
        var id = ID.matcher(text);
        assertThat(id.find()).isTrue();
        var wish = "{\"token_id\": \"" + id.group(1) + "\"}";
        var method = "vmcp.host.v1.AccessService/RevokeToken";
        assertThat(post(host, method, wish, "Bearer " + admin).statusCode()).isEqualTo(200);
    }

    /// Of a read, a change and a matter of rights.
    private List<Integer> statuses(HostProcess host, String authorization) throws Exception {
        return List.of(
                post(host, LIST, "{}", authorization).statusCode(),
                post(host, DELETE, NO_VM, authorization).statusCode(),
                post(host, TOKENS, "{}", authorization).statusCode());
    }

    private int logLevel(HostProcess host, String authorization) throws Exception {
        var method = "vmcp.host.v1.LogService/SetLogLevel";
        return post(host, method, "{\"level\": \"info\"}", authorization).statusCode();
    }

    private HttpResponse<String> post(
            HostProcess host, String method, String body, String authorization) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(host.url() + "/" + method))
                        .header("content-type", "application/json")
                        .timeout(Duration.ofSeconds(30))
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("authorization", authorization);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private int get(HostProcess host, String path) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(host.url() + path))
                        .timeout(Duration.ofSeconds(30))
                        .build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }
}
