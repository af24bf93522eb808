package dev.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.RestartBudget.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class RestartBudgetTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Phase RUNNING = new Phase.Running(Samples.LAUNCH, Samples.PROCESS);
    private static final Phase DOWN = new Phase.Stopping(Samples.LAUNCH, Samples.PROCESS, true);

    private final RestartBudget budget = new RestartBudget(5, Duration.ofSeconds(1));

    private static Run launchedAgain(Run run, Instant at) {
        return run.after(DOWN, new Event.LaunchPlanned(Samples.OTHER_LAUNCH), at)
                .after(
                        new Phase.Booting(Samples.OTHER_LAUNCH),
                        new Event.Launched(Samples.PROCESS),
                        at);
    }

    @Test
    void quickEndsAreFollowedLaterAndLaterAndTheFifthIsTheLast() {
        var decisions = new ArrayList<Decision>();
        var run = launchedAgain(Run.NONE, NOON);
        for (int i = 0; i < 5; i++) {
            decisions.add(budget.decide(run, NOON.plusSeconds(1)));
            run =
                    launchedAgain(
                            run.after(RUNNING, new Event.RestartWanted(), NOON.plusSeconds(1)),
                            NOON);
        }
        assertThat(decisions.subList(0, 4))
                .containsExactly(
                        new Decision.Again(Duration.ZERO),
                        new Decision.Again(Duration.ofSeconds(1)),
                        new Decision.Again(Duration.ofSeconds(2)),
                        new Decision.Again(Duration.ofSeconds(4)));
        assertThat(decisions.getLast())
                .isEqualTo(
                        new Decision.Spent(
                                "the guest asked for a restart within 30 s after its start, 5 times"
                                        + " in a row"));
    }

    @Test
    void aClockThatJumpsEndsNoGuest() {
        var run = new Run(NOON, 4, false);
        for (var now :
                new Instant[] {NOON.minus(Duration.ofDays(400)), NOON.plus(Duration.ofDays(400))}) {
            assertThat(budget.decide(run, now)).isEqualTo(new Decision.Again(Duration.ZERO));
            var again = launchedAgain(run.after(RUNNING, new Event.RestartWanted(), now), now);
            assertThat(budget.decide(again, now.plusSeconds(1)))
                    .isEqualTo(new Decision.Again(Duration.ZERO));
        }
    }

    @Test
    void aGuestThatRanForAWhileStartsAtOnceWithAFullBudget() {
        var run = new Run(NOON, 4, false);
        var later = NOON.plus(Run.QUICK);
        assertThat(budget.decide(run, later)).isEqualTo(new Decision.Again(Duration.ZERO));
        assertThat(run.after(RUNNING, new Event.RestartWanted(), later).quickEnds()).isZero();
        assertThat(budget.decide(run, later.minusNanos(1))).isInstanceOf(Decision.Spent.class);
    }

    @Test
    void aClockThatWasSetBackMakesNoEndLookLong() {
        assertThat(new Run(NOON, 1, false).endsAt(NOON.minusSeconds(3600))).isEqualTo(2);
    }

    @Test
    void aCallersBootBeginsAnew() {
        var boot = new Event.LaunchPlanned(Samples.LAUNCH);
        var spent = new Run(NOON, 4, false);
        assertThat(spent.after(RUNNING, new Event.Died("x"), NOON)).isEqualTo(Run.NONE);
        assertThat(spent.after(new Phase.Stopped("x"), boot, NOON)).isEqualTo(Run.NONE);
    }

    @Test
    void aLaunchOfARestartIsKnownAsOneUntilItRuns() {
        var planned = new Event.LaunchPlanned(Samples.LAUNCH);
        var booting = new Phase.Booting(Samples.LAUNCH);
        var run = new Run(NOON, 2, false).after(DOWN, planned, NOON);
        assertThat(run).isEqualTo(new Run(NOON, 2, true));
        assertThat(run.after(booting, planned, NOON)).as("cut short by a crash").isEqualTo(run);
        var later = NOON.plusSeconds(9);
        assertThat(run.after(booting, new Event.Launched(Samples.PROCESS), later))
                .isEqualTo(new Run(later, 2, false));
    }
}
