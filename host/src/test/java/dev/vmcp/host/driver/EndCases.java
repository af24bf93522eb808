package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.GUEST_CRASH;
import static dev.vmcp.core.backend.CapabilityName.GUEST_POWEROFF;
import static dev.vmcp.core.backend.CapabilityName.GUEST_REBOOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.driver.DriverStage.Act;
import dev.vmcp.host.driver.DriverStage.Manner;
import org.junit.jupiter.api.Test;

/// What a guest does by itself.
interface EndCases extends Cases {

    @Test
    @Proves(GUEST_POWEROFF)
    default void aGuestThatSwitchesItselfOffIsNoticed() throws Exception {
        noticed(Act.POWER_OFF, GuestState.POWERED_OFF);
    }

    @Test
    @Proves(GUEST_REBOOT)
    default void aGuestThatRestartsItselfIsNoticed() throws Exception {
        noticed(Act.RESTART, GuestState.RUNNING);
    }

    @Test
    @Proves(GUEST_CRASH)
    default void aGuestThatCrashesIsNoticed() throws Exception {
        noticed(Act.CRASH, GuestState.CRASHED);
    }

    @Test
    @Proves({GUEST_REBOOT, GUEST_CRASH})
    default void aGuestThatRestartedIsListenedToAsBefore() throws Exception {
        if (stage().manner(Act.RESTART) != Manner.TELLS) {
            return;
        }
        try (var vm = kit().bootedUp()) {
            stage().act(vm.launch(), Act.RESTART);
            vm.heard().await("restarted");
            stage().awaitUp(vm.launch());
            stage().act(vm.launch(), Act.CRASH);
            kit().awaitSign(vm, Act.CRASH);
            assertThat(vm.heard().words()).startsWith("restarted").doesNotContain("powered off");
        }
    }

    private void noticed(Act act, GuestState then) throws Exception {
        assertThat(stage().manner(act)).as("%s", act).isNotEqualTo(Manner.HIDES);
        try (var vm = kit().bootedUp()) {
            stage().act(vm.launch(), act);
            kit().awaitSign(vm, act);
            if (stage().manner(act) == Manner.TELLS) {
                assertThat(vm.observed()).isEqualTo(then);
                assertThat(vm.process().exit()).isEmpty();
                assertThat(vm.heard().words()).hasSize(1);
            } else {
                assertThat(vm.heard().words()).doesNotContain("powered off", "restarted");
            }
        }
    }
}
