package dev.vmcp.host.driver.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.LargestSpec;
import dev.vmcp.host.standin.Published;
import dev.vmcp.host.standin.Requests;
import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every field and word that this driver can send, against what the vendor says of each version.
final class PublishedFieldsTest {

    private static final VmId VM = new VmId("vm-1");

    private static void fine(Published published, String action, Map<String, ?> body)
            throws IOException {
        var text = body.isEmpty() ? "" : Json.write(body);
        var request = new Requests.Request("PUT", "/api/v1/" + action, text);
        assertThat(published.objections(request, "/api/v1")).as(action).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud-hypervisor-53.0.yaml"})
    void everythingThatIsSentIsDescribed(String file) throws IOException {
        var published = Published.find(file);
        assumeTrue(published.isPresent(), Published.missing(file));
        for (var spec : LargestSpec.of("cloudhypervisor")) {
            var rules = List.of(VmConfig.rule("/srv", "rw"));
            var config = VmConfig.of(spec, VM, Placed.asIs(spec), rules);
            config.put("net", spec.nics().stream().map(VmConfig::tap).toList());
            fine(published.get(), "vm.create", config);
            for (var disk : spec.disks()) {
                fine(published.get(), "vm.add-disk", VmConfig.disk(disk, Placed.asIs(spec)));
            }
            for (var nic : spec.nics()) {
                fine(published.get(), "vm.add-net", VmConfig.nic(nic));
            }
        }
        for (var action :
                List.of(
                        "boot",
                        "pause",
                        "resume",
                        "shutdown",
                        "reboot",
                        "power-button",
                        "delete")) {
            fine(published.get(), "vm." + action, Map.of());
        }
        fine(published.get(), "vm.resize", Map.of("desired_vcpus", 2));
        fine(published.get(), "vm.resize", Map.of("desired_ram", 1L << 30));
        fine(published.get(), "vm.remove-device", Map.of("id", "disk-data"));
        fine(published.get(), "vm.snapshot", Map.of("destination_url", "file:///srv/s"));
    }
}
