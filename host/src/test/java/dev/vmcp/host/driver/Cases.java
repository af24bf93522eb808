package dev.vmcp.host.driver;

import static dev.vmcp.host.driver.Kit.soon;

/// One theme of the conformance kit.
interface Cases {

    /// What the test stands on.
    Kit kit();

    /// The VM goes on as if nothing had been.
    default void unharmed(KitVm vm) throws Exception {
        org.assertj.core.api.Assertions.assertThat(vm.live().observe(soon()))
                .isEqualTo(GuestState.RUNNING);
        org.assertj.core.api.Assertions.assertThat(vm.process().exit()).isEmpty();
        kit().stage().awaitUp(vm.launch());
    }
}
