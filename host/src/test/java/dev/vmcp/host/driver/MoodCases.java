package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.HOTPLUG_DISK;
import static dev.vmcp.core.backend.CapabilityName.PAUSE;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.standin.Mood;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A VMM that answers badly, for stages whose VMM can be told to. One that is asked nothing is told
/// to show what it does badly to who looks at it.
interface MoodCases extends Cases {

    Duration PATIENCE = Duration.ofMillis(200);

    /// For a verb that comes to its bad answer after some good ones.
    Duration PATIENCE_FOR_MANY = Duration.ofMillis(500);

    Duration OVERTIME = Duration.ofSeconds(5);

    /// After how many requests of a verb its VMM turns bad.
    List<Integer> LATER = List.of(1, 3, 6);

    @ParameterizedTest
    @EnumSource(value = Mood.class, names = "FINE", mode = EnumSource.Mode.EXCLUDE)
    default void everyVerbEndsInTimeWhateverTheVmmAnswers(Mood mood) throws Exception {
        for (var verb : Verb.values()) {
            if (verb.offered(kit())) {
                endsInTime(verb, mood, 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"SILENT", "CHATTY", "MALFORMED"})
    default void aVerbOfManyRequestsEndsInTimeWhereverTheVmmTurnsBad(Mood mood) throws Exception {
        assumeConverses();
        for (var verb : EnumSet.of(Verb.ATTACH_DISK, Verb.RESIZE_MEMORY, Verb.SAVE)) {
            if (verb.offered(kit())) {
                for (int requests : LATER) {
                    endsInTime(verb, mood, requests);
                }
            }
        }
    }

    private void endsInTime(Verb verb, Mood mood, int after) throws Exception {
        var means = Means.of(stage(), scratch());
        var roomy = after > 0 && kit().claims(HOTPLUG_DISK);
        try (var vm =
                roomy
                        ? kit().boot(stage().roomy(), stage().launch())
                        : kit().bootReplaceable(scratch())) {
            if (verb == Verb.SAVE) {
                vm.live().pause(soon());
            }
            mood.in(vm.launch().directory(), after);
            var patience = after == 0 ? PATIENCE : PATIENCE_FOR_MANY;
            var latest = Deadline.in(patience.plus(OVERTIME));
            var failure = catchThrowable(() -> verb.on(vm.live(), means, Deadline.in(patience)));
            assertThat(latest.passed()).as("%s is late", verb).isFalse();
            if (failure != null || (after == 0 && told(verb, mood))) {
                assertThat(failure).as("%s", verb).isInstanceOf(DriverException.class);
            }
            // What answers badly may have done it nevertheless.
            if (stage().converses() && verb != Verb.POWER_BUTTON) {
                assertThat(vm.process().exit()).isEmpty();
            }
            vm.process().kill();
        }
    }

    /// Whether a bad answer must show. What is counted without asking the VMM may still be known,
    /// and a lie is an answer.
    private boolean told(Verb verb, Mood mood) {
        return stage().converses() && mood != Mood.LYING && verb != Verb.COUNTERS;
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    default void aVmmThatTurnsBadInAnyPhaseIsNotWaitedForLonger(GuestState before)
            throws Exception {
        assumeConverses();
        kit().assumeReaches(before);
        for (var mood : EnumSet.of(Mood.SILENT, Mood.HALF, Mood.ENDLESS, Mood.MALFORMED)) {
            try (var vm = kit().boot()) {
                kit().bring(vm, before);
                mood.in(vm.launch().directory());
                var latest = Deadline.in(PATIENCE.plus(OVERTIME));
                assertThat(catchThrowable(() -> vm.live().observe(Deadline.in(PATIENCE))))
                        .as("%s", mood)
                        .isInstanceOf(DriverException.class);
                assertThat(latest.passed()).as("late").isFalse();
                vm.process().kill();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Mood.class, names = "FINE", mode = EnumSource.Mode.EXCLUDE)
    default void aVmmThatAnswersBadlyCostsOnlyItsOwnVm(Mood mood) throws Exception {
        try (var bad = kit().boot();
                var good = kit().bootedUp()) {
            mood.in(bad.launch().directory());
            var failure = catchThrowable(() -> bad.live().observe(Deadline.in(PATIENCE)));
            if (told(Verb.OBSERVE, mood)) {
                assertThat(failure).isInstanceOf(DriverException.class);
            }
            unharmed(good);
        }
    }

    @Test
    @Proves(PAUSE)
    default void aVmmThatLiesIsFoundOut() throws Exception {
        assumeConverses();
        try (var vm = kit().bootedUp()) {
            Mood.LYING.in(vm.launch().directory());
            var _ = catchThrowable(() -> vm.live().pause(soon()));
            Mood.FINE.in(vm.launch().directory());
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
        }
    }

    private void assumeConverses() {
        assumeTrue(stage().converses(), () -> kit().driver().name() + " is asked nothing");
    }
}
