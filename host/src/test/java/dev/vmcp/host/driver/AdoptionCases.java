package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.ADOPT;
import static dev.vmcp.core.backend.CapabilityName.REBOOT_FORCED;
import static dev.vmcp.host.driver.Kit.kind;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.DriverStage.Act;
import dev.vmcp.host.driver.DriverStage.Manner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A later life of ours takes up what an earlier one booted.
interface AdoptionCases extends Cases {

    @ParameterizedTest
    @EnumSource(GuestState.class)
    @Proves(ADOPT)
    default void aVmmIsAdoptedAsItIs(GuestState before) throws Exception {
        kit().assumeReaches(before);
        var first = kit().boot();
        kit().bring(first, before);
        try (var second = kit().adopt(first)) {
            assertThat(second.process().id()).isEqualTo(first.process().id());
            second.live().found().ifPresent(state -> assertThat(state).isEqualTo(before));
            assertThat(second.observed()).isEqualTo(before);
            if (before != GuestState.RUNNING && kit().shows(REBOOT_FORCED)) {
                second.live().reset(soon());
                stage().awaitUp(second.launch());
            }
            if (second.observed() == GuestState.RUNNING
                    && stage().manner(Act.POWER_OFF) == Manner.TELLS) {
                stage().act(second.launch(), Act.POWER_OFF);
                second.heard().await("powered off");
            }
            second.process().kill();
            kit().end(second.process());
        }
    }

    @Test
    @Proves(ADOPT)
    default void aVmmThatEndedIsNotAdopted() throws Exception {
        var vm = kit().boot();
        var process = stage().processes().adopt(vm.process().id()).orElseThrow();
        vm.close();
        process.kill();
        kit().end(process);
        var heard = kit().heard(vm.launch());
        assertThat(
                        kind(() ->
                                kit().driver()
                                        .adopt(vm.spec(), vm.launch(), process, heard, soon())
                                        .close()))
                .isEqualTo(Kind.GONE);
        process.close();
        assertThat(heard.words()).doesNotContain("powered off", "crashed");
    }
}
