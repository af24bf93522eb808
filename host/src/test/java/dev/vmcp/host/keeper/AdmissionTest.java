package dev.vmcp.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.BackendChoice.Judgement;
import dev.vmcp.core.backend.HostKvm;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.SpecRules;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.disk.AllowedRoots;
import dev.vmcp.host.disk.SpecPaths;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.keeper.Admission.Explanation;
import dev.vmcp.host.keeper.Keepers.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {

    private static final KnownDriver QEMU = KnownDriver.installed("qemu", "tcg: no KVM", "");
    private static final KnownDriver FC =
            KnownDriver.installed("firecracker", "", "config.cpu.max_vcpu_count");
    private static final KnownDriver CH = KnownDriver.installed("cloudhypervisor", "", "");

    @TempDir Path directory;

    @BeforeEach
    void files() throws IOException {
        directory = directory.toRealPath();
        Files.writeString(directory.resolve("kernel"), "kernel");
    }

    private Admission admission(String configured, HostKvm kvm, Driver... drivers) {
        var byName =
                Stream.of(drivers).collect(Collectors.toMap(Driver::name, Function.identity()));
        return new Admission(
                new Backends(byName, configured, () -> kvm),
                new HostChecks(new SpecPaths(new AllowedRoots(List.of(directory))), _ -> true),
                SpecRules.Limits.PUBLISHED,
                RandomGenerator.getDefault());
    }

    private VmSpec spec(String kernel, Map<String, String> bootOptions) {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(1L << 30, false, 0, Map.of()),
                new VmSpec.Boot(kernel, "", "", bootOptions),
                List.of(),
                List.of(),
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    private VmSpec spec() {
        return spec(directory.resolve("kernel").toString(), Map.of());
    }

    private static Problem problem(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Refused<?>(var problem) -> problem;
            case Outcome.Done<?>(var value) -> throw new AssertionError("not refused: " + value);
        };
    }

    private static String backend(Outcome<Order> outcome) {
        return switch (outcome) {
            case Outcome.Done<Order>(var order) -> order.backend();
            case Outcome.Refused<Order>(var problem) -> throw new AssertionError(problem.message());
        };
    }

    @Test
    void whatANamedBackendLacksIsRefusedWithItsVersionAndWhoCould() {
        var admission = admission("auto", new HostKvm.Full(), QEMU, FC, CH);

        assertThat(problem(admission.admit("", spec(), "firecracker")))
                .isEqualTo(
                        new Problem.Unsupported(
                                "config.cpu.max_vcpu_count (x)",
                                "firecracker 1.5",
                                "expected nothing; could: cloudhypervisor 1.5, qemu 1.5"));
    }

    @Test
    void whoCouldIsSaidToThoseWhoAlsoSentSomethingWrong() {
        var admission = admission("auto", new HostKvm.Full(), QEMU, FC, CH);
        var kernel = directory.resolve("kernel").toString();
        var wrong = spec(kernel, Map.of("machine", "nonsense"));

        assertThat(problem(admission.admit("", wrong, "firecracker")).message())
                .contains("config.boot.boot_options[machine]: machine")
                .endsWith(
                        "config.cpu.max_vcpu_count: x (expected: nothing; not supported by backend"
                                + " firecracker 1.5; no backend of this host could)");
    }

    @Test
    void autoPassesOverADriverWithoutEmulationWhereKvmIsLimitedOrAbsent() {
        var limited = admission("auto", new HostKvm.Limited(), QEMU, CH);
        var absent = admission("auto", new HostKvm.Absent("no /dev/kvm (cure: x)"), QEMU, CH);

        assertThat(backend(limited.admit("", spec(), ""))).isEqualTo("qemu");
        assertThat(backend(limited.admit("", spec(), "cloudhypervisor")))
                .isEqualTo("cloudhypervisor");
        assertThat(backend(absent.admit("", spec(), ""))).isEqualTo("qemu");
        assertThat(problem(absent.admit("", spec(), "cloudhypervisor")).message())
                .contains("/bin/cloudhypervisor is there, but it needs KVM", "cure: x");
    }

    @Test
    void autoTakesTheOneThatKnowsTheOption() {
        var admission = admission("auto", new HostKvm.Full(), QEMU, CH);
        var kernel = directory.resolve("kernel").toString();

        assertThat(backend(admission.admit("", spec(kernel, Map.of("machine", "q35")), "")))
                .isEqualTo("qemu");
        // No backend knows it: the caller's mistake.
        assertThat(problem(admission.admit("", spec(kernel, Map.of("nonsense", "1")), "")))
                .isInstanceOf(Problem.InvalidInput.class);
    }

    @Test
    void autoBootsByFirmwareWhereThereIsNoKernel() {
        var mvisor = KnownDriver.installed("mvisor", "", "");
        var admission = admission("auto", new HostKvm.Full(), CH, mvisor);

        assertThat(backend(admission.admit("", spec("", Map.of()), ""))).isEqualTo("mvisor");
        assertThat(problem(admission.admit("", spec("", Map.of()), "cloudhypervisor")).message())
                .contains("config.boot.kernel_path");
    }

    @Test
    void anExplanationSaysOfEachBackendWhetherACreateWouldBeTaken() {
        var missing = new KnownDriver("mvisor", new Probe.Missing("not on PATH"), "");
        var admission = admission("auto", new HostKvm.Limited(), QEMU, FC, CH, missing);
        var judgements =
                List.of(
                        new Judgement(
                                "cloudhypervisor",
                                true,
                                "1.5 with limited KVM: KVM of this host runs only guests made for"
                                        + " it"),
                        new Judgement(
                                "firecracker", false, "it does not have config.cpu.max_vcpu_count"),
                        new Judgement("qemu", true, "1.5 with TCG"),
                        new Judgement("mvisor", false, "not on PATH"));

        assertThat(admission.explain(Optional.of(spec()), ""))
                .isEqualTo(
                        Outcome.done(
                                new Explanation(
                                        "qemu",
                                        "auto: qemu 1.5 with TCG; not cloudhypervisor: KVM of this"
                                                + " host runs only guests made for it; not"
                                                + " firecracker: KVM of this host runs only guests"
                                                + " made for it",
                                        judgements)));
        assertThat(admission.explain(Optional.of(spec()), "firecracker"))
                .isEqualTo(
                        Outcome.done(
                                new Explanation(
                                        "",
                                        problem(admission.admit("", spec(), "firecracker"))
                                                .message(),
                                        judgements)));
    }

    @Test
    void whatIsWrongOnAnyBackendIsNoQuestionOfBackends() {
        var admission = admission("auto", new HostKvm.Full(), QEMU);

        assertThat(problem(admission.explain(Optional.of(spec("/none", Map.of())), "")).message())
                .contains("config.boot.kernel_path");
    }

    @Test
    void aHostWithoutTheConfiguredBackendSaysSo() {
        var none = new KnownDriver("firecracker", new Probe.Missing("not on PATH"), "");
        var backends =
                new Backends(Map.of("firecracker", none), "firecracker", () -> new HostKvm.Full());

        assertThat(backends.describe().usual()).isEmpty();
        assertThat(backends.describe().reason())
                .isEqualTo("backend firecracker is not available on this host: not on PATH");
    }
}
