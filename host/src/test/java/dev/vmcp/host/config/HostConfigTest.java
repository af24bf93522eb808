package dev.vmcp.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.config.BackendConfig.Accelerator;
import dev.vmcp.host.config.BackendConfig.Choice;
import dev.vmcp.host.config.BackendConfig.Endpoint;
import dev.vmcp.host.config.BackendConfig.FirecrackerConfig;
import dev.vmcp.host.config.BackendConfig.Jail;
import dev.vmcp.host.config.BackendConfig.QemuConfig;
import dev.vmcp.host.config.GuestConfig.UserRange;
import dev.vmcp.platform.config.Startup.End;
import dev.vmcp.platform.telemetry.Logs;
import dev.vmcp.platform.telemetry.otel.OtelSettings.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

final class HostConfigTest {
    private static final BackendConfig DROP_IN_BACKENDS =
            new BackendConfig(
                    Choice.CLOUDHYPERVISOR,
                    new Endpoint(Path.of("/tmp/ch.sock"), false),
                    new Endpoint(Path.of("/tmp/firecracker.sock"), false),
                    new QemuConfig("qemu-system-x86_64", Accelerator.AUTO),
                    new FirecrackerConfig("firecracker", "jailer", Jail.AUTO));

    @TempDir Path temp;
    private final ConfigReading reading = new ConfigReading();

    @Test
    void underOurOwnNameItListensOnLoopbackAndPicksTheBackend() {
        var config = good(Program.VMCP, List.of(), Map.of());

        assertThat(config.api())
                .isEqualTo(
                        new ApiConfig(
                                "127.0.0.1",
                                8080,
                                Optional.empty(),
                                false,
                                false,
                                true,
                                4 << 20,
                                Duration.ofSeconds(30)));
        assertThat(config.backend().choice()).isEqualTo(Choice.AUTO);
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void underTheDropInNamesItHasTheDocumentedDefaultsAndWarns() {
        for (var program : List.of(Program.VMCP_API, Program.CHCP_API)) {
            var config = good(program, List.of(), Map.of());

            assertThat(config.api().address()).isEqualTo("0.0.0.0");
            assertThat(config.api().port()).isEqualTo(8080);
            assertThat(config.backend()).isEqualTo(DROP_IN_BACKENDS);
            assertThat(config.warnings())
                    .singleElement()
                    .asString()
                    .contains("anyone who reaches 0.0.0.0 port 8080");
        }
    }

    @Test
    void everyOtherDefaultIsTheDocumentedOne() {
        var config = good(Program.VMCP, List.of(), Map.of());

        assertThat(config.guests())
                .isEqualTo(
                        new GuestConfig(
                                536_870_912L,
                                List.of(
                                        Path.of("/opt"),
                                        Path.of("/srv"),
                                        Path.of("/home"),
                                        Path.of("/mnt"),
                                        Path.of("/tmp"),
                                        Path.of("/var/lib"),
                                        Path.of("/var/tmp"),
                                        Path.of("/boot"),
                                        Path.of("/nix/store")),
                                1.0,
                                new UserRange(1_879_048_192, 65_536),
                                4 << 20,
                                false));
        assertThat(config.log()).isEqualTo(new LogConfig(Level.INFO, Logs.Format.AUTO));
        assertThat(config.otel())
                .isEqualTo(
                        new OtelConfig(
                                false,
                                "vmm-controlplane",
                                "0.0.1",
                                1.0,
                                "localhost:4318",
                                Protocol.HTTP,
                                true,
                                9464,
                                false));
        assertThat(good(Program.CHCP_API, List.of(), Map.of()).otel().serviceName())
                .isEqualTo("cloud-hypervisor-controlplane");
    }

    @Test
    void everyVariableIsRead() {
        var config =
                good(
                        Program.VMCP_API,
                        List.of(),
                        Map.ofEntries(
                                Map.entry("UNKEY_VMCP_PORT", "1"),
                                Map.entry("UNKEY_VMCP_ADDRESS", "::1"),
                                Map.entry("VMCP_DATA_DIR", "/data/../d"),
                                Map.entry("VMCP_MIN_MEMORY_BYTES", "1MiB"),
                                Map.entry("VMCP_ALLOWED_PATHS", "/x"),
                                Map.entry("VMCP_MEMORY_RATIO", "1.5"),
                                Map.entry("VMCP_UID_BASE", "7"),
                                Map.entry("VMCP_UID_COUNT", "8"),
                                Map.entry("VMCP_CONSOLE_BYTES", "1MiB"),
                                Map.entry("VMCP_STOP_GUESTS", "true"),
                                Map.entry("VMCP_INSECURE", "true"),
                                Map.entry("VMCP_MAX_MESSAGE_BYTES", "1MiB"),
                                Map.entry("VMCP_DRAIN_TIMEOUT", "2s"),
                                Map.entry("VMCP_LOG_LEVEL", "debug"),
                                Map.entry("VMCP_LOG_FORMAT", "text")));

        assertThat(config.state()).isEqualTo(new StateConfig(Path.of("/d")));
        assertThat(config.api())
                .isEqualTo(
                        new ApiConfig(
                                "::1",
                                1,
                                Optional.empty(),
                                true,
                                false,
                                true,
                                1 << 20,
                                Duration.ofSeconds(2)));
        assertThat(config.guests())
                .isEqualTo(
                        new GuestConfig(
                                1 << 20,
                                List.of(Path.of("/x")),
                                1.5,
                                new UserRange(7, 8),
                                1 << 20,
                                true));
        assertThat(config.log()).isEqualTo(new LogConfig(Level.DEBUG, Logs.Format.TEXT));
    }

    @Test
    void everyVariableOfBackendsIsRead() {
        var config =
                good(
                        Program.VMCP,
                        List.of(),
                        Map.of(
                                "UNKEY_VMCP_BACKEND", "qemu",
                                "UNKEY_VMCP_CH_ENDPOINT", "unix:///a",
                                "UNKEY_VMCP_FC_ENDPOINT", "unix:///b",
                                "VMCP_QEMU", "/q",
                                "VMCP_QEMU_ACCEL", "kvm",
                                "VMCP_FIRECRACKER", "/f",
                                "VMCP_JAILER", "/j",
                                "VMCP_FIRECRACKER_JAIL", "never"));

        assertThat(config.backend())
                .isEqualTo(
                        new BackendConfig(
                                Choice.QEMU,
                                new Endpoint(Path.of("/a"), true),
                                new Endpoint(Path.of("/b"), true),
                                new QemuConfig("/q", Accelerator.KVM),
                                new FirecrackerConfig("/f", "/j", Jail.NEVER)));
    }

    @Test
    void everyVariableOfTelemetryIsRead() {
        var config =
                good(
                        Program.VMCP_API,
                        List.of(),
                        Map.of(
                                "UNKEY_VMCP_OTEL_ENABLED", "true",
                                "UNKEY_VMCP_OTEL_SERVICE_NAME", "n",
                                "UNKEY_VMCP_OTEL_SERVICE_VERSION", "v",
                                "UNKEY_VMCP_OTEL_SAMPLING_RATE", "0.5",
                                "UNKEY_VMCP_OTEL_ENDPOINT", "otel:1",
                                "UNKEY_VMCP_OTEL_PROMETHEUS_ENABLED", "false",
                                "UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "2"));

        assertThat(config.otel())
                .isEqualTo(
                        new OtelConfig(
                                true, "n", "v", 0.5, "otel:1", Protocol.HTTP, false, 2, false));
    }

    @Test
    void chcpApiPrefersTheNamesOfItsPredecessorAndFallsBackToOurs() {
        var both =
                Map.of(
                        "CHCP_PORT", "1",
                        "UNKEY_VMCP_PORT", "2",
                        "UNKEY_CHCP_OTEL_SAMPLING_RATE", "0.1",
                        "UNKEY_VMCP_OTEL_SAMPLING_RATE", "0.2",
                        "UNKEY_VMCP_OTEL_ENABLED", "true",
                        "CHCP_CH_ENDPOINT", "unix:///x",
                        "CHCP_ADDRESS", "::1",
                        "CHCP_BACKEND", "qemu");
        var config = good(Program.CHCP_API, List.of(), both);

        assertThat(config.api().port()).isEqualTo(1);
        assertThat(config.api().address()).isEqualTo("::1");
        assertThat(config.otel().samplingRate()).isEqualTo(0.1);
        assertThat(config.otel().enabled()).isTrue();
        assertThat(config.backend().cloudHypervisor().socket()).isEqualTo(Path.of("/x"));
        assertThat(config.backend().choice()).isEqualTo(Choice.QEMU);
        assertThat(good(Program.VMCP_API, List.of(), both).api().port()).isEqualTo(2);
    }

    @Test
    void waitsHaveDefaultsAndCanBeSaid() {
        assertThat(good(Program.VMCP, List.of(), Map.of()).timeouts())
                .isEqualTo(timeouts(60, 5, 30));
        var said = Map.of("VMCP_BOOT_TIMEOUT", "1m", "VMCP_ANSWER_TIMEOUT", "2s");
        assertThat(good(Program.VMCP, List.of("--stop-timeout=3s"), said).timeouts())
                .isEqualTo(timeouts(60, 2, 3));
    }

    private static TimeoutConfig timeouts(int boot, int answer, int stop) {
        return new TimeoutConfig(
                Duration.ofSeconds(boot), Duration.ofSeconds(answer), Duration.ofSeconds(stop));
    }

    @Test
    void theUsersOfVmmsStayInTheirRange() {
        assertThat(reading.read(Program.VMCP, List.of("--uid-base=2147483000"), Map.of()))
                .isEqualTo(new End<>(78));
    }

    @Test
    void stateLiesWhereTheCallerMayWrite() {
        var home = Path.of("/home/me");
        assertThat(new Caller(true, home, Map.of()).state()).isEqualTo(Path.of("/var/lib/vmcp"));
        assertThat(new Caller(false, home, Map.of()).state())
                .isEqualTo(Path.of("/home/me/.local/state/vmcp"));
        assertThat(new Caller(false, home, Map.of("XDG_STATE_HOME", "/s")).state())
                .isEqualTo(Path.of("/s/vmcp"));
        assertThat(new Caller(false, home, Map.of("XDG_STATE_HOME", "s")).state())
                .isEqualTo(Path.of("/home/me/.local/state/vmcp"));
    }

    @Test
    void programsAreKnownByTheirNames() {
        assertThat(Program.named("vmcp-api")).contains(Program.VMCP_API);
        assertThat(Program.named("chcp-api")).contains(Program.CHCP_API);
        assertThat(Program.named("vmcp")).contains(Program.VMCP);
        assertThat(Program.named("other")).isEmpty();
    }

    @Test
    void noTwoSettingsShareAName() {
        for (var program : Program.values()) {
            var caller = new Caller(true, Path.of("/"), Map.of());
            var settings = HostConfig.settings(program, caller);

            assertThat(settings).extracting(s -> s.key()).doesNotHaveDuplicates();
            assertThat(settings).extracting(s -> s.flag()).doesNotHaveDuplicates();
            assertThat(settings.stream().flatMap(s -> s.environment().stream()))
                    .doesNotHaveDuplicates();
            assertThat(settings).allSatisfy(s -> assertThat(s.description()).endsWith("."));
        }
    }

    private HostConfig good(Program program, List<String> flags, Map<String, String> environment) {
        return reading.good(program, flags, environment);
    }
}
