package dev.vmcp.core.vm;

import static dev.vmcp.core.vm.Specs.GIB;
import static dev.vmcp.core.vm.Specs.GOOD;
import static dev.vmcp.core.vm.Specs.boot;
import static dev.vmcp.core.vm.Specs.cpu;
import static dev.vmcp.core.vm.Specs.with;
import static dev.vmcp.core.vm.Specs.withMemory;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecRules.Kernel;
import dev.vmcp.core.vm.SpecRules.Limits;
import dev.vmcp.core.vm.VmSpec.Topology;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecRulesTest {

    private static final long MIB = SpecRules.MEBIBYTE;

    static List<String> objections(VmSpec spec) {
        return SpecRules.check(spec, Limits.PUBLISHED).invalid().stream()
                .map(Violation::field)
                .toList();
    }

    @Test
    void theBasicSpecPasses() {
        assertThat(SpecRules.check(GOOD, Limits.PUBLISHED)).isEqualTo(SpecFindings.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1025, Integer.MAX_VALUE})
    void theNumberOfCpusHasLimits(int count) {
        assertThat(objections(with(cpu(count, 0)))).containsExactly("config.cpu.vcpu_count");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 3, 1025})
    void theMostCpusAreNoFewerThanTheFirst(int max) {
        assertThat(objections(with(cpu(4, max)))).containsExactly("config.cpu.max_vcpu_count");
        assertThat(objections(with(cpu(4, 4)))).isEmpty();
        assertThat(objections(with(cpu(4, 1024)))).isEmpty();
    }

    @Test
    void aTopologyMultipliesToTheMostCpus() {
        var topology = new Topology(2, 2, 1);

        assertThat(objections(with(cpu(4, 0, topology)))).isEmpty();
        assertThat(objections(with(cpu(2, 4, topology)))).isEmpty();
        assertThat(objections(with(cpu(4, 8, topology)))).containsExactly("config.cpu.topology");
        assertThat(objections(with(cpu(2, 0, topology)))).containsExactly("config.cpu.topology");
    }

    @Test
    void aTopologyWithHugeFactorsDoesNotOverflow() {
        var topology = new Topology(1 << 16, 1 << 16, 0);

        assertThat(objections(with(cpu(1, 0, topology))))
                .containsExactly(
                        "config.cpu.topology.sockets",
                        "config.cpu.topology.cores_per_socket",
                        "config.cpu.topology.threads_per_core");
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                Long.MIN_VALUE,
                -1,
                0,
                1,
                536870911,
                536870913,
                600_000_000,
                (1L << 44) + (1 << 20),
                Long.MAX_VALUE
            })
    void memoryIsAtLeastTheFloorAndInWholeMebibytes(long bytes) {
        assertThat(objections(withMemory(bytes, false, 0)))
                .containsExactly("config.memory.size_bytes");
    }

    @Test
    void theFloorItselfIsEnoughAndCanBeLowered() {
        assertThat(objections(withMemory(536870912, false, 0))).isEmpty();

        var low = Limits.PUBLISHED.withLeastMemory(4 * MIB);

        assertThat(SpecRules.check(withMemory(4 * MIB, false, 0), low).none()).isTrue();
        assertThat(SpecRules.check(withMemory(3 * MIB, false, 0), low).invalid()).hasSize(1);
    }

    @Test
    void theMaximumOfMemoryIsNoLessThanItsSize() {
        assertThat(objections(withMemory(GIB, false, GIB - MIB)))
                .containsExactly("config.memory.max_size_bytes");
        assertThat(objections(withMemory(GIB, true, 0)))
                .containsExactly("config.memory.max_size_bytes");
        assertThat(objections(withMemory(GIB, true, GIB))).as("it has grown to it").isEmpty();
        assertThat(objections(withMemory(GIB, true, 2 * GIB))).isEmpty();
        assertThat(objections(withMemory(GIB, false, 2 * GIB))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "vmlinux", "../vmlinux", "./k", "/a\0b", "/a\nb", "/\ud800"})
    void aKernelHasAnAbsolutePath(String path) {
        assertThat(objections(with(boot(path, "", "")))).containsExactly("config.boot.kernel_path");
    }

    @Test
    void pathsAreAsLongAsTheKernelTakes() {
        var longest = "/" + "a".repeat(4094);

        assertThat(objections(with(boot(longest, longest, "")))).isEmpty();
        assertThat(objections(with(boot(longest + "a", longest + "a", ""))))
                .containsExactly("config.boot.kernel_path", "config.boot.initrd_path");
        assertThat(objections(with(boot("/" + "ä".repeat(2048), "", ""))))
                .containsExactly("config.boot.kernel_path");
    }

    @Test
    void kernelArgumentsAreOneLineThatFits() {
        assertThat(objections(with(boot("/k", "", "x".repeat(2047))))).isEmpty();
        for (var args : List.of("x".repeat(2048), "a\0b", "a\nb", "a\u001b[2J", "\udfff")) {
            assertThat(objections(with(boot("/k", "", args))))
                    .containsExactly("config.boot.kernel_args");
        }
    }

    @Test
    void aBackendThatBootsFirmwareTakesNoKernel() {
        var limits = Limits.PUBLISHED.with(Kernel.REFUSED);

        assertThat(SpecRules.check(GOOD, limits).unsupported())
                .extracting(Violation::field)
                .containsExactly("config.boot.kernel_path", "config.boot.kernel_args");
        assertThat(SpecRules.check(with(boot("", "", "")), limits).none()).isTrue();
    }

    @Test
    void metadataIsBounded() {
        assertThat(objections(with(Map.of("team", "edge\nnorth")))).isEmpty();
        assertThat(objections(with(Map.of("", "x")))).containsExactly("config.metadata[]");
        assertThat(objections(with(Map.of("k", "a\0")))).containsExactly("config.metadata[k]");
        assertThat(objections(with(Map.of("k", "a".repeat(4097))))).hasSize(1);
        assertThat(objections(with(Map.of("k".repeat(129), "")))).hasSize(1);

        var many = new java.util.HashMap<String, String>();
        for (var i = 0; i < 65; i++) {
            many.put("k" + i, "v");
        }
        assertThat(objections(with(many))).containsExactly("config.metadata");
    }

    @Test
    void everyViolationComesAtOnceInTheOrderOfTheWire() {
        var all =
                new VmSpec(
                        cpu(0, -1),
                        new VmSpec.Memory(1, false, -1, Map.of()),
                        boot("", "initrd", "\n"),
                        List.of(Specs.disk("")),
                        List.of(Specs.nic("", "", "x")),
                        new VmSpec.Console(false, "console.log", "/in", "tty"),
                        Map.of("", ""));

        assertThat(objections(all))
                .containsExactly(
                        "config.cpu.vcpu_count",
                        "config.cpu.max_vcpu_count",
                        "config.memory.size_bytes",
                        "config.memory.max_size_bytes",
                        "config.boot.kernel_path",
                        "config.boot.initrd_path",
                        "config.boot.kernel_args",
                        "config.storage[0].path",
                        "config.network[0].id",
                        "config.network[0].tap_device",
                        "config.network[0].mac_address",
                        "config.console.output",
                        "config.console.console_type",
                        "config.metadata[]");
        assertThat(SpecRules.check(all, Limits.PUBLISHED).unsupported())
                .extracting(Violation::field)
                .containsExactly("config.console.input");
    }

    @Test
    void aFloodOfBadDevicesMakesABoundedAnswer() {
        var disks = Collections.nCopies(100_000, Specs.disk("x")).toArray(VmSpec.Disk[]::new);

        assertThat(objections(with(disks))).hasSize(65).contains("config.storage");
    }

    @Test
    void theCommonErrorsOfTheGuideSayFieldValueAndExpectation() {
        assertThat(SpecRules.check(withMemory(268435456, false, 0), Limits.PUBLISHED).invalid())
                .extracting(Violation::sentence)
                .containsExactly(
                        "config.memory.size_bytes: 268435456 (expected: at least 536870912"
                                + " (512 MiB), at most 17592186044416, a multiple of 1048576)");
        assertThat(
                        SpecRules.check(with(boot("", "", "")), Limits.PUBLISHED)
                                .problem("qemu")
                                .map(problem -> problem.code() + " " + problem.message()))
                .isEqualTo(
                        Optional.of(
                                "INVALID_INPUT config.boot.kernel_path: \"\" (expected: an"
                                        + " absolute path of at most 4095 bytes without control"
                                        + " characters)"));
    }
}
