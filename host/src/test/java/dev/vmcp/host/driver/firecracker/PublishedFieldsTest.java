package dev.vmcp.host.driver.firecracker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.LargestSpec;
import dev.vmcp.host.standin.Published;
import dev.vmcp.host.standin.Requests;
import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every field and word that this driver can send, against what the vendor says of each version.
final class PublishedFieldsTest {

    private static final VmId VM = new VmId("vm-1");

    private static void fine(Published published, String method, String path, Map<String, ?> body)
            throws IOException {
        var request = new Requests.Request(method, path, Json.write(body));
        assertThat(published.objections(request, "")).as(path).isEmpty();
    }

    private static Map<String, Object> file(VmSpec spec) throws IOException {
        var file = Configuration.of(spec, VM, Configuration.inPlace(spec)).file();
        var bytes = Json.write(file).getBytes(UTF_8);
        return Json.read(bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"firecracker-1.15.1.yaml", "firecracker-1.16.1.yaml"})
    void everythingThatIsSentIsDescribed(String file) throws IOException {
        var published = Published.find(file);
        assumeTrue(published.isPresent(), Published.missing(file));
        for (var spec : LargestSpec.of("firecracker")) {
            var places = Configuration.inPlace(spec);
            for (var step : Configuration.of(spec, VM, places).steps()) {
                fine(published.get(), "PUT", step.path(), step.body());
            }
            assertThat(published.get().objections("FullVmConfiguration", file(spec))).isEmpty();
            var load = Configuration.load(spec, "s.state", "s.memory");
            fine(published.get(), "PUT", load.path(), load.body());
            var nic = new HashMap<String, Object>(RateLimits.of(spec.nics().getFirst()));
            nic.put("iface_id", "net0");
            fine(published.get(), "PATCH", "/network-interfaces/net0", nic);
            var disk = new HashMap<String, Object>(RateLimits.of(spec.disks().getFirst()));
            disk.putAll(Map.of("drive_id", "disk0", "path_on_host", "disk0.1"));
            fine(published.get(), "PATCH", "/drives/disk0", disk);
        }
        for (var type : List.of("InstanceStart", "SendCtrlAltDel")) {
            fine(published.get(), "PUT", "/actions", Map.of("action_type", type));
        }
        for (var state : List.of("Paused", "Resumed")) {
            fine(published.get(), "PATCH", "/vm", Map.of("state", state));
        }
    }
}
