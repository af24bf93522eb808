package dev.vmcp.host.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PublishedTest {

    private static final String FIRECRACKER = "firecracker-1.15.1.yaml";
    private static final String CLOUD_HYPERVISOR = "cloud-hypervisor-53.0.yaml";

    @Test
    void aRequestAsDescribedMeetsNoObjection() throws IOException {
        assertThat(
                        fc(
                                "PUT",
                                "/machine-config",
                                "{\"vcpu_count\":1,\"mem_size_mib\":128,\"smt\":false}"))
                .isEmpty();
        assertThat(fc("GET", "/", "")).isEmpty();
        assertThat(ch("PUT", "/api/v1/vm.resize", "{\"desired_vcpus\":2}")).isEmpty();
        assertThat(ch("PUT", "/api/v1/vm.boot", "")).isEmpty();
    }

    @Test
    void aFieldThatNobodyKnowsIsNamed() throws IOException {
        assertThat(fc("PUT", "/vm/config", "{}")).singleElement().asString().contains("no such");
        assertThat(
                        fc(
                                "PUT",
                                "/machine-config",
                                "{\"vcpu_count\":1,\"mem_size_mib\":128,\"vcpus\":1}"))
                .containsExactly("PUT /machine-config.vcpus: no such field");
        assertThat(
                        ch(
                                "PUT",
                                "/api/v1/vm.add-disk",
                                "{\"path\":\"/d\",\"rate_limiter_config\":{\"band\":{}}}"))
                .singleElement()
                .asString()
                .contains("rate_limiter_config.band: no such field");
    }

    @Test
    void aWrongTypeAndAMissingFieldAreNamed() throws IOException {
        assertThat(fc("PUT", "/machine-config", "{\"vcpu_count\":\"1\"}"))
                .contains(
                        "PUT /machine-config.vcpu_count: 1 (expected: integer)",
                        "PUT /machine-config.mem_size_mib: missing");
        assertThat(fc("PUT", "/actions", "{\"action_type\":\"Stop\"}"))
                .singleElement()
                .asString()
                .contains("expected: one of");
        assertThat(fc("PUT", "/actions", "")).containsExactly("PUT /actions: needs a body");
    }

    private static List<String> fc(String method, String path, String body) throws IOException {
        return published(FIRECRACKER).objections(new Requests.Request(method, path, body), "");
    }

    private static List<String> ch(String method, String path, String body) throws IOException {
        return published(CLOUD_HYPERVISOR)
                .objections(new Requests.Request(method, path, body), "/api/v1");
    }

    private static Published published(String file) throws IOException {
        var found = Published.find(file);
        assumeTrue(found.isPresent(), Published.missing(file));
        return found.orElseThrow();
    }
}
