package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.vmcp.platform.telemetry.otel.OtlpReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log of a running host.
class LogTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final String SECRET = "vmcp_00000000_notreallyasecretbutlikeone";
    private static final String HOSTILE =
            "a\\n{\\\"level\\\":\\\"ERROR\\\",\\\"message\\\":\\\"forged\\\"}\\u001b[31m\\u2028";

    @TempDir private Path temporary;

    private Rig rig(OtlpReceiver receiver) {
        return Rig.in(
                temporary,
                setup ->
                        setup.with("UNKEY_VMCP_OTEL_ENABLED", "true")
                                .with("UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "0")
                                .with("UNKEY_VMCP_OTEL_ENDPOINT", receiver.url()));
    }

    @Test
    void theLevelChangesWhileTheHostRunsAndEachLineNamesItsTrace() {
        try (var receiver = new OtlpReceiver();
                var rig = rig(receiver)) {
            rig.create("vm");
            boot(rig, "PauseVm");
            assertThat(level(rig)).isEqualTo("info (configured: info)\n");
            assertThat(level(rig, "loud").status()).isNotZero();
            assertThat(level(rig, "debug").good()).isEqualTo("debug (before: info)\n");
            boot(rig, "BootVm");
            assertThat(level(rig, "info", "--for", "1s").good())
                    .isEqualTo("info (before: debug)\n");

            Await.until("the boot's line", SOON, () -> !of(rig, "vm.booted").isEmpty());
            var booted = of(rig, "vm.booted").getFirst();
            assertThat(booted.get("level").getAsString()).isEqualTo("DEBUG");
            assertThat(booted.get("trace_id").getAsString()).isEqualTo(TRACE);
            assertThat(booted.get("span_id").getAsString()).matches("[0-9a-f]{16}");
            assertThat(of(rig, "call"))
                    .filteredOn(line -> line.get("method").getAsString().endsWith("/BootVm"))
                    .allMatch(line -> line.get("trace_id").getAsString().equals(TRACE))
                    .hasSize(1);
        }
    }

    @Test
    void noTextOfACallerForgesALineAndNoSecretIsInOne() {
        try (var receiver = new OtlpReceiver();
                var rig = rig(receiver)) {
            assertThat(level(rig, "trace").status()).isZero();
            for (var body :
                    List.of(
                            "{\"vm_id\": \"" + HOSTILE + "\"}",
                            "{\"vm_id\": \"x\", \"config\": {\"boot\": {\"kernel_path\": \"/"
                                    + HOSTILE
                                    + "\", \"kernel_args\": \""
                                    + HOSTILE
                                    + "\"}}}",
                            "{\"" + HOSTILE + "\": 1}")) {
                for (var method : List.of("CreateVm", "BootVm", "GetVmInfo")) {
                    var answer =
                            Http.call(
                                    rig.host(),
                                    "vmm.v1.VmService/" + method,
                                    body,
                                    "authorization",
                                    "Bearer " + SECRET,
                                    "x-request-id",
                                    "\"},{\"level\":\"ERROR\"",
                                    "user-agent",
                                    "\"},{\"level\":\"ERROR\"");
                    assertThat(answer.status()).isNotEqualTo(200);
                    assertThat(Http.call(rig.host(), "vmm.v1.VmService/" + method, body).status())
                            .isNotEqualTo(200);
                }
            }
            rig.host().terminate();

            var lines = lines(rig);
            assertThat(lines).hasSizeGreaterThan(18);
            assertThat(lines).noneMatch(line -> line.get("message").getAsString().equals("forged"));
            assertThat(text(rig)).doesNotContain(SECRET, "notreallyasecret", "\u001b");
            var _ = rig.stopAndStart();
        }
    }

    private static void boot(Rig rig, String method) {
        var _ =
                Http.call(
                        rig.host(),
                        "vmm.v1.VmService/" + method,
                        "{\"vm_id\": \"vm\"}",
                        "traceparent",
                        PARENT);
    }

    private static String level(Rig rig) {
        return level(rig, new String[0]).good();
    }

    private static Command.Result level(Rig rig, String... words) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command =
                new java.util.ArrayList<>(
                        List.of(
                                java,
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path")));
        command.addAll(List.of("dev.vmcp.cli.Main", "log-level"));
        command.addAll(List.of(words));
        return Command.run(Path.of("."), Map.of("VMCP_ENDPOINT", rig.host().url()), command);
    }

    private static List<JsonObject> of(Rig rig, String event) {
        return lines(rig).stream()
                .filter(line -> line.has("event"))
                .filter(line -> line.get("event").getAsString().equals(event))
                .toList();
    }

    /// Each line of the log, which has nothing but JSON objects.
    private static List<JsonObject> lines(Rig rig) {
        return text(rig)
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    private static String text(Rig rig) {
        try {
            return Files.readString(rig.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
