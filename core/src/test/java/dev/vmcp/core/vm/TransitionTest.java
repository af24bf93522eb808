package dev.vmcp.core.vm;

import static dev.vmcp.core.vm.Samples.LAUNCH;
import static dev.vmcp.core.vm.Samples.OTHER_LAUNCH;
import static dev.vmcp.core.vm.Samples.PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.GeneratedPage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TransitionTest {

    /// Every pair that has an answer. A pair that is not here must answer empty.
    private static final String TABLE =
            """
            Created: LaunchPlanned Booting, DeletePlanned Deleting
            Booting: LaunchPlanned Booting, Launched Running, LaunchFailed Failed, Ended Stopped, Died Failed, DeletePlanned Deleting
            Running: PauseSeen Paused, RunSeen Running, StopPlanned Stopping, StopPlanned+restart Stopping+restart, \
            Restarted Running, RestartWanted Stopping+restart, Ended Stopped, Died Failed, DeletePlanned Deleting
            Paused: PauseSeen Paused, RunSeen Running, StopPlanned Stopping, StopPlanned+restart Stopping+restart, \
            RestartWanted Stopping+restart, Ended Stopped, Died Failed, DeletePlanned Deleting
            Stopping: RunSeen Running, StopPlanned Stopping, StopPlanned+restart Stopping+restart, Restarted Stopping, \
            RestartWanted Stopping, Ended Stopped, Died Failed, DeletePlanned Deleting
            Stopping+restart: LaunchPlanned Booting, RunSeen Running, StopPlanned Stopping, \
            StopPlanned+restart Stopping+restart, Restarted Running, RestartWanted Stopping+restart, \
            Ended Stopped, Died Failed, DeletePlanned Deleting
            Stopped: LaunchPlanned Booting, DeletePlanned Deleting
            Failed: LaunchPlanned Booting, Ended Stopped, DeletePlanned Deleting
            Deleting: DeletePlanned Deleting
            """;

    @Test
    void theSamplesCoverEveryPhaseAndEvent() {
        assertThat(Samples.PHASES.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(
                        Arrays.stream(Phase.class.getPermittedSubclasses())
                                .collect(Collectors.toSet()));
        assertThat(Samples.EVENTS.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(
                        Arrays.stream(Event.class.getPermittedSubclasses())
                                .collect(Collectors.toSet()));
    }

    @Test
    void everyPairOfPhaseAndEventIsAsTheTableSays() {
        var expected = new TreeMap<String, String>();
        TABLE.lines()
                .forEach(line -> {
                    var from = line.substring(0, line.indexOf(':'));
                    for (var pair : line.substring(line.indexOf(':') + 2).split(", ", -1)) {
                        var parts = pair.split(" ", 2);
                        expected.put(from + " " + parts[0], parts[1]);
                    }
                });

        assertThat(actual()).isEqualTo(expected);
    }

    private static Map<String, String> actual() {
        var found = new TreeMap<String, String>();
        for (var phase : Samples.PHASES) {
            for (var event : Samples.EVENTS) {
                Transition.next(phase, event)
                        .ifPresent(next ->
                                found.put(
                                        Samples.name((Record) phase)
                                                + " "
                                                + Samples.name((Record) event),
                                        Samples.name((Record) next)));
            }
        }
        return found;
    }

    @Test
    void aVmThatIsBeingDeletedStaysDeleted() {
        var deleting = new Phase.Deleting(List.of(LAUNCH));

        for (var event : Samples.EVENTS) {
            assertThat(Transition.next(deleting, event).orElse(deleting)).isEqualTo(deleting);
        }
    }

    @Test
    void aLaunchThatMayHaveAProcessIsNeverForgottenBeforeItsEnd() {
        for (var phase : Samples.PHASES) {
            for (var event : Samples.EVENTS) {
                var next = Transition.next(phase, event);
                if (next.isEmpty() || endsTheLaunch(event)) {
                    continue;
                }
                assertThat(next.get().launches())
                        .as("%s after %s", phase, event)
                        .containsAll(phase.launches());
            }
        }
    }

    /// `LaunchPlanned` in a restart comes after the old process was reaped.
    private static boolean endsTheLaunch(Event event) {
        return event instanceof Event.Ended
                || event instanceof Event.Died
                || event instanceof Event.LaunchFailed
                || event instanceof Event.LaunchPlanned;
    }

    @Test
    void whatIsKnownIsKept() {
        assertThat(Transition.next(new Phase.Booting(LAUNCH), new Event.Launched(PROCESS)))
                .isEqualTo(Optional.of(new Phase.Running(LAUNCH, PROCESS)));
        assertThat(Transition.next(new Phase.Running(LAUNCH, PROCESS), new Event.StopPlanned(true)))
                .isEqualTo(Optional.of(new Phase.Stopping(LAUNCH, PROCESS, true)));
        assertThat(
                        Transition.next(
                                new Phase.Stopping(LAUNCH, PROCESS, true),
                                new Event.LaunchPlanned(OTHER_LAUNCH)))
                .isEqualTo(Optional.of(new Phase.Booting(OTHER_LAUNCH)));
        assertThat(Transition.next(new Phase.Paused(LAUNCH, PROCESS), new Event.DeletePlanned()))
                .isEqualTo(Optional.of(new Phase.Deleting(List.of(LAUNCH))));
        assertThat(Transition.next(new Phase.Running(LAUNCH, PROCESS), new Event.Died("signal 9")))
                .isEqualTo(Optional.of(new Phase.Failed("signal 9")));
    }

    @Test
    void thePageOfPhasesIsUpToDate() throws IOException {
        GeneratedPage.isUpToDate("phases.md", PhaseDiagram.page());
    }
}
