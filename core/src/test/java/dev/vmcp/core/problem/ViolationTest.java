package dev.vmcp.core.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ViolationTest {

    @Test
    void theSentenceNamesFieldValueAndExpectation() {
        assertThat(Violation.of("config.cpu.vcpu_count", 0, "1 to 288").sentence())
                .isEqualTo("config.cpu.vcpu_count: 0 (expected: 1 to 288)");
        assertThat(new Violation("vm_id", "", "an id").sentence())
                .isEqualTo("vm_id: \"\" (expected: an id)");
    }

    @Test
    void aHostileValueIsCutAndCleaned() {
        var violation = new Violation("f[\n]", "x".repeat(119) + "\ud83d\ude00\r\n\u001b[2J", "y");

        assertThat(violation.value()).hasSize(121).endsWith("\uFFFD…");
        assertThat(violation.field()).isEqualTo("f[\uFFFD]");
    }
}
