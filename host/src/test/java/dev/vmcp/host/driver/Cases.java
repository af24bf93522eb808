package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/// One theme of the conformance kit.
interface Cases {

    /// What the test stands on.
    Kit kit();

    /// A new directory for what a test needs beside its stage.
    Path scratch() throws IOException;

    default DriverStage stage() {
        return kit().stage();
    }

    /// The VM goes on as if nothing had been.
    default void unharmed(KitVm vm) throws Exception {
        assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
        assertThat(vm.process().exit()).isEmpty();
        stage().awaitUp(vm.launch());
    }
}
