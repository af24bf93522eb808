package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.PAUSE;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.standin.Mood;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A VMM that answers badly, for stages whose VMM can be told to.
interface MoodCases extends Cases {

    Duration PATIENCE = Duration.ofMillis(500);
    Duration OVERTIME = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"FINE", "LYING"},
            mode = EnumSource.Mode.EXCLUDE)
    default void everyVerbEndsInTimeWhateverTheVmmAnswers(Mood mood) throws Exception {
        for (var verb : Verb.values()) {
            if (!verb.offered(kit())) {
                continue;
            }
            try (var vm = kit().boot()) {
                mood.in(vm.launch().directory());
                var latest = Deadline.in(PATIENCE.plus(OVERTIME));
                var failure = catchThrowable(() -> verb.on(vm.live(), Deadline.in(PATIENCE)));
                assertThat(latest.passed()).as("%s is late", verb).isFalse();
                if (failure != null || verb != Verb.COUNTERS) {
                    assertThat(failure).as("%s", verb).isInstanceOf(DriverException.class);
                }
                assertThat(vm.process().exit()).isEmpty();
                vm.process().kill();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"FINE", "LYING"},
            mode = EnumSource.Mode.EXCLUDE)
    default void aVmmThatAnswersBadlyCostsOnlyItsOwnVm(Mood mood) throws Exception {
        try (var bad = kit().boot();
                var good = kit().bootedUp()) {
            mood.in(bad.launch().directory());
            assertThat(catchThrowable(() -> bad.live().observe(Deadline.in(PATIENCE))))
                    .isInstanceOf(DriverException.class);
            unharmed(good);
        }
    }

    @Test
    @Proves(PAUSE)
    default void aVmmThatLiesIsFoundOut() throws Exception {
        try (var vm = kit().bootedUp()) {
            Mood.LYING.in(vm.launch().directory());
            var _ = catchThrowable(() -> vm.live().pause(soon()));
            Mood.FINE.in(vm.launch().directory());
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
        }
    }
}
