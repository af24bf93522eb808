package dev.vmcp.host.driver.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.FreeTaps;
import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.RestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a real Firecracker says of the limits of its devices.
final class RateLimitsTest {

    @TempDir Path directory;
    private FirecrackerStage stage;

    @BeforeEach
    void setUp() throws Exception {
        stage = new FirecrackerStage(directory, false);
    }

    @AfterEach
    void clear() {
        // None where the set-up found that nothing can be shown here.
        if (stage != null) {
            stage.close();
        }
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private VmSpec.Disk disk(Map<String, String> options) throws IOException {
        var file = directory.resolve("disk");
        if (!Files.exists(file)) {
            Files.write(file, new byte[1 << 20]);
        }
        return new VmSpec.Disk("d", file.toString(), false, false, "", options);
    }

    private static VmSpec.Nic nic(String tap, Map<String, String> options) {
        return new VmSpec.Nic("n", "", tap, "", options);
    }

    private Live boot(VmSpec spec) {
        return stage.driver().prepare(spec, stage.launch()).boot(new Heard(_ -> {}), soon());
    }

    /// The limit of the first device, as the VMM has it; 0 for none.
    private static long limit(Live live, String kind, String limiter, String bucket) {
        var socket = Path.of("/proc/" + live.process().id().pid() + "/cwd/" + Quarters.SOCKET);
        try (var api = new RestClient(socket, live.process()::exit)) {
            var device =
                    Json.objects(api.get("/vm/config", soon()).getOrDefault(kind, Map.of()))
                            .getFirst();
            var all = Json.object(device.get(limiter));
            var one = Json.object(all.get(bucket));
            assertThat(Json.number(one, "refill_time")).isEqualTo(one.isEmpty() ? 0 : 1000);
            return Json.number(one, "size");
        }
    }

    @Test
    void aDriveIsLimitedAsItsOptionsSayAndThenOtherwise() throws Exception {
        var limits = Map.of("bytes_per_second", "1048576");
        try (var live = boot(Specs.with(stage.spec(), disk(limits)))) {
            assertThat(limit(live, "drives", "rate_limiter", "bandwidth")).isEqualTo(1 << 20);
            assertThat(limit(live, "drives", "rate_limiter", "ops")).isZero();

            var replacing = live.replacing().orElseThrow();
            replacing.replace(disk(Map.of("ops_per_second", "50")), soon());
            assertThat(limit(live, "drives", "rate_limiter", "bandwidth")).isZero();
            assertThat(limit(live, "drives", "rate_limiter", "ops")).isEqualTo(50);

            replacing.replace(disk(Map.of()), soon());
            assertThat(limit(live, "drives", "rate_limiter", "ops")).isZero();
        }
    }

    @Test
    void anInterfaceIsLimitedInEachDirectionOfItsOwn() throws Exception {
        var tap = stage.freeTap();
        assumeTrue(tap.isPresent(), FreeTaps.WHY_NONE);
        var limits = Map.of("rx_bytes_per_second", "2000000", "tx_packets_per_second", "300");
        var before = nic(tap.get(), limits);
        try (var live = boot(Specs.with(stage.spec(), before))) {
            var kind = "network-interfaces";
            assertThat(limit(live, kind, "rx_rate_limiter", "bandwidth")).isEqualTo(2_000_000);
            assertThat(limit(live, kind, "rx_rate_limiter", "ops")).isZero();
            assertThat(limit(live, kind, "tx_rate_limiter", "bandwidth")).isZero();
            assertThat(limit(live, kind, "tx_rate_limiter", "ops")).isEqualTo(300);

            var replacing = live.replacing().orElseThrow();
            replacing.replace(nic(tap.get(), Map.of("tx_bytes_per_second", "7")), soon());
            assertThat(limit(live, kind, "rx_rate_limiter", "bandwidth")).isZero();
            assertThat(limit(live, kind, "tx_rate_limiter", "bandwidth")).isEqualTo(7);
            assertThat(limit(live, kind, "tx_rate_limiter", "ops")).isZero();
        }
    }

    @Test
    void anInterfaceStaysOnItsTap() throws Exception {
        var tap = stage.freeTap();
        assumeTrue(tap.isPresent(), FreeTaps.WHY_NONE);
        try (var live = boot(Specs.with(stage.spec(), nic(tap.get(), Map.of())))) {
            var replacing = live.replacing().orElseThrow();
            assertThatExceptionOfType(DriverException.class)
                    .isThrownBy(() -> replacing.replace(nic("other0", Map.of()), soon()))
                    .matches(e -> e.kind() == Kind.REFUSED)
                    .withMessageContaining("only its limits change");
        }
    }
}
