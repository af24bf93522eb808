package dev.vmcp.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.BackendChoice.Judgement;
import dev.vmcp.core.backend.BackendChoice.Wish;
import dev.vmcp.core.backend.BackendFacts.Accelerator;
import dev.vmcp.core.backend.BackendFacts.Presence.Installed;
import dev.vmcp.core.backend.BackendFacts.Presence.Missing;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendChoiceTest {

    private static final Wish AUTO = new Wish("", "auto");
    private static final BackendFacts QEMU_TCG = installed("qemu", Accelerator.TCG);

    private static BackendFacts installed(String name, Accelerator accelerator, String... lacking) {
        return new BackendFacts(
                name,
                new Installed("1.0", accelerator),
                new SpecFindings(
                        List.of(),
                        List.of(lacking).stream()
                                .map(f -> new Violation(f, "x", "nothing"))
                                .toList()));
    }

    private static BackendFacts missing(String name) {
        return new BackendFacts(name, new Missing("install " + name), SpecFindings.NONE);
    }

    @Test
    void theRequestGoesBeforeTheConfiguration() {
        var known = List.of(QEMU_TCG, installed("firecracker", Accelerator.KVM));

        assertThat(BackendChoice.of(new Wish("qemu", "firecracker"), known))
                .isEqualTo(Outcome.done(new BackendChoice("qemu", "asked for by the request")));
        assertThat(BackendChoice.of(new Wish("", "firecracker"), known))
                .isEqualTo(
                        Outcome.done(new BackendChoice("firecracker", "configured for this host")));
        assertThat(BackendChoice.of(new Wish("auto", "qemu"), known).map(BackendChoice::backend))
                .isEqualTo(Outcome.done("firecracker"));
    }

    @Test
    void aNamedBackendIsTakenEvenOnALimitedKvm() {
        var known = List.of(installed("firecracker", Accelerator.LIMITED_KVM));

        assertThat(BackendChoice.of(new Wish("firecracker", ""), known))
                .isInstanceOf(Outcome.Done.class);
    }

    @Test
    void anUnknownNameIsInvalidAndAMissingProgramUnavailable() {
        assertThat(BackendChoice.of(new Wish("xen", "qemu"), List.of(QEMU_TCG)))
                .isEqualTo(
                        Outcome.refused(
                                new Problem.InvalidInput(
                                        List.of(
                                                new Violation(
                                                        "backend", "xen", "one of auto, qemu")))));
        assertThat(BackendChoice.of(new Wish("", "qemu"), List.of(missing("qemu"))))
                .isEqualTo(Outcome.refused(new Problem.BackendUnavailable("qemu", "install qemu")));
    }

    @Test
    void autoPrefersHardwareAndSaysWhyNotTheOthers() {
        var known =
                List.of(
                        QEMU_TCG,
                        missing("cloudhypervisor"),
                        installed("firecracker", Accelerator.KVM, "config.network[0].options[x]"));

        assertThat(BackendChoice.of(AUTO, known))
                .isEqualTo(
                        Outcome.done(
                                new BackendChoice(
                                        "qemu",
                                        "auto: qemu 1.0 with TCG; not cloudhypervisor: install"
                                                + " cloudhypervisor; not firecracker: it does not"
                                                + " have config.network[0].options[x]")));
    }

    @Test
    void autoTakesEmulationWhereKvmRunsOnlyGuestsMadeForIt() {
        var known =
                List.of(
                        installed("cloudhypervisor", Accelerator.LIMITED_KVM),
                        installed("firecracker", Accelerator.LIMITED_KVM),
                        QEMU_TCG);

        assertThat(BackendChoice.of(AUTO, known).map(BackendChoice::backend))
                .isEqualTo(Outcome.done("qemu"));
    }

    @Test
    void autoWithoutAFittingBackendSaysWhyOfEach() {
        var refusal = BackendChoice.of(AUTO, List.of(missing("qemu"), missing("firecracker")));

        assertThat(refusal)
                .isEqualTo(
                        Outcome.refused(
                                new Problem.BackendUnavailable(
                                        "auto",
                                        "not firecracker: install firecracker; not qemu: install"
                                                + " qemu")));
    }

    @Test
    void autoWithoutOneThatHasItSaysWhatEachLacks() {
        var known =
                List.of(
                        installed("firecracker", Accelerator.KVM, "config.a"),
                        installed("qemu", Accelerator.TCG, "config.b"));

        assertThat(BackendChoice.of(AUTO, known))
                .isEqualTo(
                        Outcome.refused(
                                new Problem.Unsupported(
                                        "this configuration",
                                        "auto",
                                        "not firecracker: it does not have config.a; not qemu: it"
                                                + " does not have config.b")));
    }

    @Test
    void autoLeavesAValueThatEachRefusesToTheCaller() {
        var wrong = new SpecFindings(List.of(new Violation("config.c", "1", "2")), List.of());
        var known = List.of(new BackendFacts("qemu", new Installed("1", Accelerator.TCG), wrong));

        assertThat(BackendChoice.of(AUTO, known).map(BackendChoice::backend))
                .isEqualTo(Outcome.done("qemu"));
    }

    @Test
    void eachIsJudgedByItself() {
        var known =
                List.of(
                        QEMU_TCG,
                        installed("firecracker", Accelerator.LIMITED_KVM),
                        installed("cloudhypervisor", Accelerator.KVM, "config.a"),
                        missing("mvisor"));

        assertThat(BackendChoice.judge(known))
                .containsExactly(
                        new Judgement("cloudhypervisor", false, "it does not have config.a"),
                        new Judgement(
                                "firecracker",
                                true,
                                "1.0 with limited KVM: KVM of this host runs only guests made for"
                                        + " it"),
                        new Judgement("qemu", true, "1.0 with TCG"),
                        new Judgement("mvisor", false, "install mvisor"));
        assertThat(BackendChoice.able(known)).isEqualTo("could: firecracker 1.0, qemu 1.0");
        assertThat(BackendChoice.able(List.of(missing("qemu"))))
                .isEqualTo("no backend of this host could");
    }
}
