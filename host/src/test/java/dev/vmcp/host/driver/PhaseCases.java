package dev.vmcp.host.driver;

import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every verb in every state of a guest: it is done, or refused and then nothing has changed.
interface PhaseCases extends Cases {

    /// A guest that stands still lets go of nothing.
    Duration LETTING_GO = Duration.ofMillis(500);

    @ParameterizedTest
    @EnumSource(GuestState.class)
    default void everyVerbIsDoneOrRefusedWithoutHarm(GuestState before) throws Exception {
        kit().assumeReaches(before);
        var vm = brought(before);
        for (var verb : Verb.values()) {
            if (!verb.there(vm.live()) || !verb.shown(kit())) {
                continue;
            }
            if (vm.process().exit().isPresent() || vm.observed() != before) {
                vm.process().kill();
                vm.close();
                vm = brought(before);
            }
            if (verb == Verb.POWER_BUTTON && before == GuestState.RUNNING) {
                stage().awaitUp(vm.launch());
            }
            var failure = tried(verb, vm);
            if (verb == Verb.POWER_BUTTON && before == GuestState.RUNNING) {
                kit().awaitSign(vm, stage().obeysButtonBy());
                continue;
            }
            var then = failure == null ? verb.after(before) : before;
            assertThat(vm.observed()).as("after %s: %s", verb, failure).isEqualTo(then);
            assertThat(vm.process().exit()).as("after %s", verb).isEmpty();
        }
        vm.close();
    }

    private KitVm brought(GuestState state) throws Exception {
        var vm = kit().bootReplaceable(scratch());
        kit().bring(vm, state);
        return vm;
    }

    /// The failure, if any: a refusal, or one that the state of the guest or the host explains.
    private @Nullable Throwable tried(Verb verb, KitVm vm) throws Exception {
        var means = Means.of(stage(), scratch());
        var detaches = EnumSet.of(Verb.DETACH_DISK, Verb.DETACH_NIC).contains(verb);
        var by = detaches ? Deadline.in(LETTING_GO) : soon();
        var failure = catchThrowable(() -> verb.on(vm.live(), means, by));
        if (failure != null) {
            assertThat(failure).as("%s", verb).isInstanceOf(DriverException.class);
            var kinds = EnumSet.of(Kind.REFUSED, Kind.NOT_NOW);
            if (detaches) {
                kinds.add(Kind.SILENT);
            } else if (verb == Verb.ATTACH_NIC) {
                kinds.add(Kind.HOST);
            }
            assertThat(((DriverException) failure).kind()).as("%s", failure).isIn(kinds);
        }
        return failure;
    }
}
