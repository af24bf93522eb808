package dev.vmcp.core.vm;

import static dev.vmcp.core.vm.RaceTable.Answer.AS_IS;
import static dev.vmcp.core.vm.RaceTable.Answer.FAILED_PRECONDITION;
import static dev.vmcp.core.vm.RaceTable.Answer.NOT_FOUND;
import static dev.vmcp.core.vm.RaceTable.Answer.OK;
import static dev.vmcp.core.vm.RaceTable.Answer.OVERTAKEN;
import static dev.vmcp.core.vm.Samples.LAUNCH;
import static dev.vmcp.core.vm.Samples.PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.RaceTable.Call;
import dev.vmcp.core.vm.RaceTable.Ending;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RaceTableTest {

    private static final Phase RUNNING = new Phase.Running(LAUNCH, PROCESS);
    private static final Phase CREATED = new Phase.Created();

    private static Call call(Verb verb) {
        return new Call(verb, false);
    }

    private static Call forced(Verb verb) {
        return new Call(verb, true);
    }

    @Test
    void bootAgainstDelete() {
        assertThat(RaceTable.endings(call(Verb.BOOT), call(Verb.DELETE), CREATED))
                .containsExactlyInAnyOrder(
                        new Ending(OK, FAILED_PRECONDITION, "Running"),
                        new Ending(NOT_FOUND, OK, "Gone"));
        assertThat(RaceTable.endings(call(Verb.BOOT), forced(Verb.DELETE), CREATED))
                .containsExactlyInAnyOrder(
                        new Ending(OK, OK, "Gone"),
                        new Ending(NOT_FOUND, OK, "Gone"),
                        new Ending(OVERTAKEN, OK, "Gone"));
    }

    @Test
    void shutdownAgainstReboot() {
        assertThat(RaceTable.endings(call(Verb.SHUTDOWN), call(Verb.REBOOT), RUNNING))
                .containsExactlyInAnyOrder(
                        new Ending(OK, FAILED_PRECONDITION, "Stopped"),
                        new Ending(OK, OK, "Stopped"));
        assertThat(RaceTable.endings(forced(Verb.SHUTDOWN), call(Verb.REBOOT), RUNNING))
                .contains(new Ending(OK, OVERTAKEN, "Stopped"));
    }

    @Test
    void pauseAgainstForcedDelete() {
        assertThat(RaceTable.endings(call(Verb.PAUSE), forced(Verb.DELETE), RUNNING))
                .containsExactlyInAnyOrder(
                        new Ending(OK, OK, "Gone"),
                        new Ending(NOT_FOUND, OK, "Gone"),
                        new Ending(OVERTAKEN, OK, "Gone"));
    }

    @Test
    void pauseAgainstResume() {
        assertThat(RaceTable.endings(call(Verb.PAUSE), call(Verb.RESUME), RUNNING))
                .containsExactlyInAnyOrder(
                        new Ending(OK, OK, "Running"), new Ending(OK, AS_IS, "Paused"));
    }

    @Test
    void aDeleteIsAnsweredOkOnce() {
        for (var phase : Samples.PHASES) {
            for (var ending : RaceTable.endings(forced(Verb.DELETE), forced(Verb.DELETE), phase)) {
                assertThat(List.of(ending.a(), ending.b())).contains(NOT_FOUND);
                assertThat(ending.phase()).isEqualTo(RaceTable.GONE);
            }
        }
    }

    @Test
    void aStepUnderWayIsWaitedForOrEnded() {
        var booting = new Phase.Booting(LAUNCH);

        assertThat(RaceTable.endings(call(Verb.PAUSE), forced(Verb.SHUTDOWN), booting))
                .containsExactlyInAnyOrder(
                        new Ending(OK, OK, "Stopped"),
                        new Ending(FAILED_PRECONDITION, OK, "Stopped"),
                        new Ending(OVERTAKEN, OK, "Stopped"));
    }

    @Test
    void onlyForcedShutdownsAndDeletesOvertakeAndNoDeleteIsOvertaken() {
        forAllPairs((a, b, start) -> {
            for (var ending : RaceTable.endings(a, b, start)) {
                if (ending.a() == OVERTAKEN) {
                    assertThat(a.verb()).isNotEqualTo(Verb.DELETE);
                    assertThat(b.force()).isTrue();
                    assertThat(b.verb()).isIn(Verb.SHUTDOWN, Verb.DELETE);
                    assertThat(ending.b()).isEqualTo(OK);
                }
            }
        });
    }

    @Test
    void theTableIsTheSameFromBothSides() {
        forAllPairs((a, b, start) ->
                assertThat(turned(RaceTable.endings(b, a, start)))
                        .isEqualTo(RaceTable.endings(a, b, start)));
    }

    @Test
    void everyRaceEndsAtRest() {
        forAllPairs((a, b, start) ->
                assertThat(RaceTable.endings(a, b, start))
                        .isNotEmpty()
                        .extracting(Ending::phase)
                        .isSubsetOf("Created", "Running", "Paused", "Stopped", "Failed", "Gone"));
    }

    @Test
    void whatClientsSeeDoesNotTellDoneFromAsIs() {
        assertThat(
                        RaceTable.allows(
                                call(Verb.PAUSE),
                                call(Verb.RESUME),
                                RUNNING,
                                new Ending(OK, OK, "Paused")))
                .isTrue();
        assertThat(
                        RaceTable.allows(
                                call(Verb.PAUSE),
                                call(Verb.RESUME),
                                RUNNING,
                                new Ending(OK, FAILED_PRECONDITION, "Paused")))
                .isFalse();
    }

    private static Set<Ending> turned(Set<Ending> endings) {
        return endings.stream()
                .map(ending -> new Ending(ending.b(), ending.a(), ending.phase()))
                .collect(Collectors.toSet());
    }

    private interface Pair {
        void race(Call a, Call b, Phase start);
    }

    private static void forAllPairs(Pair pair) {
        for (var start : Samples.PHASES) {
            for (var a : Verb.values()) {
                for (var b : Verb.values()) {
                    for (var forceA : List.of(false, true)) {
                        for (var forceB : List.of(false, true)) {
                            pair.race(new Call(a, forceA), new Call(b, forceB), start);
                        }
                    }
                }
            }
        }
    }
}
