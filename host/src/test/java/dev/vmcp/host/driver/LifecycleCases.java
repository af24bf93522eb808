package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.COUNTERS;
import static dev.vmcp.core.backend.CapabilityName.DISK_RAW;
import static dev.vmcp.core.backend.CapabilityName.PAUSE;
import static dev.vmcp.core.backend.CapabilityName.REBOOT_FORCED;
import static dev.vmcp.core.backend.CapabilityName.RESUME;
import static dev.vmcp.core.backend.CapabilityName.SHUTDOWN_GRACEFUL;
import static dev.vmcp.core.backend.CapabilityName.START_AGAIN;
import static dev.vmcp.host.driver.Kit.kind;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each verb in each state of a guest.
interface LifecycleCases extends Cases {

    @Test
    default void aSpecThatIsFineHasNoViolations() {
        assertThat(kit().driver().check(stage().spec())).isEqualTo(SpecFindings.NONE);
    }

    @Test
    default void preparingStartsNothing() throws Exception {
        kit().driver().prepare(stage().spec(), stage().launch());
        assertThat(stage().running()).isEmpty();
    }

    @Test
    default void aBootedGuestRuns() throws Exception {
        try (var vm = kit().boot()) {
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
            assertThat(vm.process().exit()).isEmpty();
            stage().awaitUp(vm.launch());
        }
    }

    @Test
    default void aVmmIsFoundByItsLaunch() throws Exception {
        try (var vm = kit().boot()) {
            assertThat(stage().running())
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.launch()).isEqualTo(vm.launch().id());
                        assertThat(found.process()).isEqualTo(vm.process().id());
                    });
        }
    }

    @Test
    default void aBootThatComesTooLateLeavesNoProcess() throws Exception {
        var launch = stage().launch();
        var prepared = kit().driver().prepare(stage().spec(), launch);
        assertThat(
                        kind(() ->
                                prepared.boot(kit().heard(launch), Deadline.in(Duration.ZERO))
                                        .close()))
                .isEqualTo(Kind.SILENT);
        assertThat(stage().running()).isEmpty();
    }

    @Test
    @Proves({PAUSE, RESUME})
    default void aPausedGuestStandsStillUntilItIsResumed() throws Exception {
        try (var vm = kit().boot()) {
            vm.live().pause(soon());
            assertThat(vm.observed()).isEqualTo(GuestState.PAUSED);
            vm.live().pause(soon());
            assertThat(vm.observed()).isEqualTo(GuestState.PAUSED);
            vm.live().resume(soon());
            vm.live().resume(soon());
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
            assertThat(vm.heard().words()).isEmpty();
        }
    }

    @Test
    @Proves(SHUTDOWN_GRACEFUL)
    default void aGuestThatObeysThePowerButtonEndsAsItSays() throws Exception {
        try (var vm = kit().bootedUp()) {
            vm.live().powerButton(soon());
            kit().awaitSign(vm, stage().obeysButtonBy());
        }
    }

    @Test
    @Proves({SHUTDOWN_GRACEFUL, START_AGAIN})
    default void aGuestThatIsOffStartsAgainAndObeysOnceMore() throws Exception {
        try (var vm = kit().bootedUp()) {
            vm.live().powerButton(soon());
            vm.heard().await("powered off");
            assertThat(vm.observed()).isEqualTo(GuestState.POWERED_OFF);
            vm.live().startAgain(soon());
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
            stage().awaitUp(vm.launch());
            vm.live().powerButton(soon());
            Eventually.holds("a second report", () -> vm.heard().words().size() == 2);
            assertThat(vm.heard().words()).containsOnly("powered off");
        }
    }

    @Test
    @Proves(START_AGAIN)
    default void aGuestThatRunsIsNotStartedAgain() throws Exception {
        try (var vm = kit().boot()) {
            assertThat(kind(() -> vm.live().startAgain(soon()))).isEqualTo(Kind.REFUSED);
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
        }
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    @Proves(REBOOT_FORCED)
    default void aResetGuestRunsWhateverItDidBefore(GuestState before) throws Exception {
        kit().assumeReaches(before);
        try (var vm = kit().boot()) {
            kit().bring(vm, before);
            var pid = vm.process().id();
            vm.live().reset(soon());
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
            assertThat(vm.process().id()).isEqualTo(pid);
            stage().awaitUp(vm.launch());
            assertThat(vm.heard().words()).doesNotContain("restarted", "lost");
        }
    }

    @Test
    @Proves(COUNTERS)
    default void countersGrowWithTime() throws Exception {
        try (var vm = kit().boot()) {
            var first = vm.live().counters(soon());
            assertThat(first.memoryBytes()).isPositive();
            Eventually.holds(
                    "a later time",
                    () -> vm.live().counters(soon()).uptimeMillis() > first.uptimeMillis());
        }
    }

    /// Some VMMs answer of a disk that nothing was read from yet as if it had been slow for ever.
    @Test
    @Proves({COUNTERS, DISK_RAW})
    default void aGuestWithADiskIsCountedToo() throws Exception {
        var disk = Specs.disk("d1", stage().hotDisk(scratch()).toString(), false);
        try (var vm = kit().boot(Specs.with(stage().spec(), disk), stage().launch())) {
            var storage = vm.live().counters(soon()).storage();
            assertThat(storage.bytesRead()).as("read").isBetween(0L, stage().idleDiskBytes());
            assertThat(storage.bytesWritten()).as("written").isBetween(0L, stage().idleDiskBytes());
        }
    }
}
