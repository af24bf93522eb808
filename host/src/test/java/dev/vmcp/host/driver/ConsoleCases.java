package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.ADOPT;
import static dev.vmcp.core.backend.CapabilityName.CONSOLE_INPUT;
import static dev.vmcp.core.backend.CapabilityName.CONSOLE_OUTPUT;
import static dev.vmcp.core.backend.CapabilityName.PAUSE;
import static dev.vmcp.core.backend.CapabilityName.REBOOT_FORCED;
import static dev.vmcp.core.backend.CapabilityName.RESUME;
import static dev.vmcp.core.backend.CapabilityName.SHUTDOWN_GRACEFUL;
import static dev.vmcp.host.driver.Kit.soon;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.guest.TinyGuest;
import org.junit.jupiter.api.Test;

/// A guest that prints and reads, more than is good for anybody.
interface ConsoleCases extends Cases {

    @Test
    @Proves(CONSOLE_OUTPUT)
    default void whatAGuestPrintsArrivesFromTheFirstByteOn() throws Exception {
        try (var vm = kit().boot()) {
            assertThat(console(vm).await("nonce=")).contains(TinyGuest.BANNER);
        }
    }

    @Test
    @Proves({CONSOLE_OUTPUT, CONSOLE_INPUT})
    default void bytesOfEveryKindPassBothWays() throws Exception {
        try (var vm = kit().bootedUp()) {
            var console = console(vm);
            console.forget();
            var odd = new StringBuilder();
            for (var value = 1; value < 256; value++) {
                if (value > 'z' || (value < ' ' && value != '\r' && value != '\n')) {
                    odd.append((char) value);
                }
            }
            console.sendAll(odd.toString().getBytes(ISO_8859_1));
            console.await(odd.toString());
            unharmed(vm);
        }
    }

    @Test
    @Proves({CONSOLE_INPUT, CONSOLE_OUTPUT})
    default void aGuestThatFloodsItsConsoleLeavesItsVmmAlone() throws Exception {
        try (var vm = kit().bootedUp()) {
            var console = console(vm);
            console.send("F");
            console.await("flood");
            for (var i = 0; i < 20; i++) {
                assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
            }
            if (kit().shows(PAUSE) && kit().shows(RESUME)) {
                vm.live().pause(soon());
                assertThat(vm.observed()).isEqualTo(GuestState.PAUSED);
                vm.live().resume(soon());
            }
            console.send("x");
            unharmed(vm);
        }
    }

    @Test
    @Proves({ADOPT, CONSOLE_INPUT, CONSOLE_OUTPUT})
    default void aConsoleThatIsReadOnOutlivesUs() throws Exception {
        var first = kit().bootedUp();
        var nonce = console(first).nonce();
        first.close();
        console(first).echo("whilenobodylistens");
        try (var second = kit().adopt(first)) {
            console(second).echo("afterwards");
            assertThat(console(second).nonce()).isEqualTo(nonce);
            assertThat(second.observed()).isEqualTo(GuestState.RUNNING);
        }
    }

    @Test
    @Proves({SHUTDOWN_GRACEFUL, CONSOLE_INPUT})
    default void aGuestThatIgnoresItsPowerButtonGoesOn() throws Exception {
        try (var vm = kit().bootedUp()) {
            var console = console(vm);
            console.send("H");
            console.await("vmcp hangs");
            vm.live().powerButton(soon());
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
            if (kit().shows(REBOOT_FORCED)) {
                vm.live().reset(soon());
                stage().awaitUp(vm.launch());
            }
            assertThat(vm.heard().words()).isEmpty();
            assertThat(vm.process().exit()).isEmpty();
        }
    }

    private Serial console(KitVm vm) {
        var console = stage().console(vm.launch());
        assumeTrue(console.isPresent(), "the guests of this stage have no console");
        return console.orElseThrow();
    }
}
