package dev.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.IgnoredFields;
import org.junit.jupiter.api.Test;

class IgnoredFieldsTest {

    @Test
    void whatFirecrackerDoesNothingWithIsSaid() {
        assertThat(IgnoredFields.of(Specs.GOOD, "firecracker"))
                .hasValueSatisfying(what -> assertThat(what).startsWith("max_vcpu_count: "));
        assertThat(IgnoredFields.of(Specs.GOOD, "cloudhypervisor")).isEmpty();
    }
}
