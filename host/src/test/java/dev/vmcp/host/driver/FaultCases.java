package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.SHUTDOWN_GRACEFUL;
import static dev.vmcp.host.driver.Kit.kind;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.DriverStage.Manner;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A VMM that is killed or frozen, whatever its guest did before.
interface FaultCases extends Cases {

    Duration SHORT = Duration.ofMillis(150);

    /// How much later than its deadline an answer may come on a busy machine.
    Duration SLACK = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource(GuestState.class)
    default void everyVerbSaysThatAKilledVmmIsGone(GuestState before) throws Exception {
        kit().assumeReaches(before);
        try (var vm = kit().bootReplaceable(scratch())) {
            kit().bring(vm, before);
            vm.process().kill();
            kit().end(vm.process());
            if (stage().tellsLoss()) {
                vm.heard().await("lost");
            }
            for (var verb : Verb.values()) {
                if (verb.there(vm.live())) {
                    var means = Means.of(stage(), scratch());
                    assertThat(kind(() -> verb.on(vm.live(), means, soon())))
                            .as("%s", verb)
                            .isIn(verb.offered(kit()) ? Kind.GONE : Kind.REFUSED, Kind.GONE);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    default void everyVerbAnswersByItsDeadlineWhileTheVmmIsFrozen(GuestState before)
            throws Exception {
        assumeConverses();
        kit().assumeReaches(before);
        try (var vm = kit().bootReplaceable(scratch())) {
            kit().bring(vm, before);
            stage().freeze(vm.process());
            for (var verb : Verb.values()) {
                if (verb.there(vm.live())) {
                    silent(verb, vm);
                }
            }
            stage().thaw(vm.process());
            // It may have been told to press the power button, with all that follows.
            if (!kit().shows(SHUTDOWN_GRACEFUL)
                    || stage().manner(stage().obeysButtonBy()) != Manner.ENDS) {
                vm.live().observe(soon());
                assertThat(vm.heard().words()).doesNotContain("lost");
            }
        }
    }

    @Test
    default void closingEndsACallUnderWayAndLeavesTheProcess() throws Exception {
        assumeConverses();
        var vm = kit().boot();
        stage().freeze(vm.process());
        var call =
                CompletableFuture.supplyAsync(
                        () -> kind(() -> vm.live().observe(soon())),
                        work -> Thread.ofVirtual().start(work));
        vm.close();
        assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(Kind.GONE);
        assertThat(kind(() -> vm.live().pause(soon()))).isIn(Kind.GONE, Kind.REFUSED);
        assertThat(vm.process().exit()).isEmpty();
        stage().thaw(vm.process());
        assertThat(vm.heard().words()).isEmpty();
    }

    private void assumeConverses() {
        assumeTrue(stage().converses(), () -> kit().driver().name() + " never talks with its VMM");
    }

    /// What is counted without asking the VMM may still be known.
    private void silent(Verb verb, KitVm vm) throws Exception {
        var means = Means.of(stage(), scratch());
        var latest = Deadline.in(SHORT.plus(SLACK));
        var failure = catchThrowable(() -> verb.on(vm.live(), means, Deadline.in(SHORT)));
        assertThat(latest.passed()).as(verb + " is late").isFalse();
        if (verb == Verb.COUNTERS && failure == null) {
            return;
        }
        assertThat(failure).as("%s", verb).isInstanceOf(DriverException.class);
        assertThat(((DriverException) failure).kind())
                .as("%s", verb)
                .isEqualTo(verb.offered(kit()) ? Kind.SILENT : Kind.REFUSED);
    }
}
