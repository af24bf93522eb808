package dev.vmcp.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.GeneratedPage;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptionKeysTest {

    private static VmSpec spec(Map<String, String> boot, Map<String, String> disk) {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(1L << 30, false, 0, Map.of()),
                new VmSpec.Boot("/k", "", "", boot),
                List.of(
                        new VmSpec.Disk("", "/a", false, false, "", Map.of()),
                        new VmSpec.Disk("", "/b", false, false, "", disk)),
                List.of(),
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    private static List<String> sentences(VmSpec spec, String backend) {
        return OptionKeys.check(spec, backend).invalid().stream().map(Violation::sentence).toList();
    }

    @Test
    void knownKeysWithKnownValuesPass() {
        var spec = spec(Map.of("machine", "q35", "accel", "tcg"), Map.of("format", "qcow2"));

        assertThat(sentences(spec, "qemu")).isEmpty();
    }

    @Test
    void anUnknownKeyIsRefusedWithTheKnownOnes() {
        assertThat(sentences(spec(Map.of("acel", "tcg"), Map.of()), "qemu"))
                .containsExactly(
                        "config.boot.boot_options[acel]: acel (expected: a key that backend qemu"
                                + " knows: machine, accel, vnc)");
        assertThat(sentences(spec(Map.of("accel", "tcg"), Map.of()), "firecracker"))
                .containsExactly(
                        "config.boot.boot_options[accel]: accel (expected: no key: backend"
                                + " firecracker knows none here)");
    }

    @Test
    void anUnknownValueIsRefusedWithThePlaceOfTheDevice() {
        assertThat(sentences(spec(Map.of(), Map.of("format", "vmdk")), "qemu"))
                .containsExactly(
                        "config.storage[1].options[format]: vmdk (expected: raw or qcow2)");
    }

    @Test
    void aLimitIsAWholeNumber() {
        for (var limit :
                List.of("0", "-1", "1.5", "1k", "", "01", "1000000000001", "9".repeat(30))) {
            assertThat(sentences(spec(Map.of(), Map.of("ops_per_second", limit)), "firecracker"))
                    .singleElement()
                    .asString()
                    .endsWith("(expected: a whole number from 1 to 1000000000000)");
        }
        for (var limit : List.of("1", "1000000000000")) {
            assertThat(sentences(spec(Map.of(), Map.of("ops_per_second", limit)), "firecracker"))
                    .isEmpty();
        }
    }

    @Test
    void noNameSmugglesASecondOption() {
        for (var serial : List.of("a,readonly=on", "", "a b", "-x", "a".repeat(21))) {
            assertThat(sentences(spec(Map.of(), Map.of("serial", serial)), "qemu")).hasSize(1);
        }
        assertThat(sentences(spec(Map.of(), Map.of("serial", "disk-01")), "qemu")).isEmpty();
    }

    @Test
    void aFloodOfKeysMakesOneViolation() {
        var many = new HashMap<String, String>();
        for (var i = 0; i < 10_000; i++) {
            many.put("k" + i, "v");
        }

        assertThat(sentences(spec(many, Map.of()), "qemu"))
                .containsExactly("config.boot.boot_options: 10000 entries (expected: at most 32)");
    }

    @Test
    void eachKeyStandsOnce() {
        var seen = new HashSet<String>();

        assertThat(OptionKeys.all())
                .allSatisfy(key ->
                        assertThat(seen.add(key.backend() + key.field() + key.key()))
                                .as("%s", key)
                                .isTrue());
    }

    @Test
    void theReferencePageIsUpToDate() throws IOException {
        GeneratedPage.isUpToDate("option-keys.md", OptionPage.text());
    }
}
