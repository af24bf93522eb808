package dev.vmcp.core.vm;

import static dev.vmcp.core.vm.Samples.LAUNCH;
import static dev.vmcp.core.vm.Samples.PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final List<Phase> AT_REST =
            List.of(
                    new Phase.Created(),
                    new Phase.Running(LAUNCH, PROCESS),
                    new Phase.Paused(LAUNCH, PROCESS),
                    new Phase.Stopped(""),
                    new Phase.Failed(""));

    /// The table of the contract, to the letter but for the word of a shutdown of a failed VM.
    private static final String CONTRACT =
            """
            |          | Created   | Running                  | Paused                   | Stopped   | Failed      |
            | Boot     | boots     | ok, as is                | FP                       | boots     | boots       |
            | Pause    | FP        | pauses                   | ok, as is                | FP        | FP          |
            | Resume   | FP        | ok, as is                | resumes                  | FP        | FP          |
            | Shutdown | ok, as is | stops                    | FP, with `force` stops   | ok, as is | ok, Stopped |
            | Reboot   | FP        | reboots                  | FP                       | FP        | FP          |
            | Delete   | deletes   | FP, with `force` deletes | FP, with `force` deletes | deletes   | deletes     |
            """;

    @Test
    void theTableOfTheContractHolds() {
        var rows = CONTRACT.lines().map(VerdictTest::cells).toList();
        assertThat(rows.getFirst().subList(1, 6))
                .isEqualTo(AT_REST.stream().map(Phase::word).toList());
        assertThat(rows).hasSize(1 + Verb.values().length);

        for (var row : rows.subList(1, rows.size())) {
            var verb = Verb.valueOf(row.getFirst().toUpperCase(Locale.ROOT));
            for (var i = 0; i < AT_REST.size(); i++) {
                var phase = AT_REST.get(i);
                var cell = row.get(i + 1);
                assertThat(kind(Verdict.of(verb, phase, false)))
                        .as("%s in %s", verb, phase)
                        .isEqualTo(expected(cell, false));
                assertThat(kind(Verdict.of(verb, phase, true)))
                        .as("%s with force in %s", verb, phase)
                        .isEqualTo(expected(cell, true));
            }
        }
    }

    private static List<String> cells(String row) {
        return List.of(row.substring(1).split("\\|", -1)).stream().map(String::strip).toList();
    }

    private static Class<?> expected(String cell, boolean force) {
        return switch (cell) {
            case "ok, as is" -> Verdict.AsIs.class;
            case "FP" -> Verdict.Forbidden.class;
            case String words when words.startsWith("FP, with `force`") ->
                    force ? Verdict.Act.class : Verdict.Forbidden.class;
            default -> Verdict.Act.class;
        };
    }

    private static Class<?> kind(Verdict verdict) {
        return verdict.getClass();
    }

    @Test
    void aVerbWaitsForAStepUnderWayUnlessItMayEndIt() {
        for (var phase :
                List.of(
                        new Phase.Booting(LAUNCH),
                        new Phase.Stopping(LAUNCH, PROCESS, false),
                        new Phase.Stopping(LAUNCH, PROCESS, true))) {
            for (var verb : Verb.values()) {
                assertThat(Verdict.of(verb, phase, false)).isEqualTo(new Verdict.Wait());
                assertThat(Verdict.of(verb, phase, true))
                        .isEqualTo(
                                verb == Verb.SHUTDOWN || verb == Verb.DELETE
                                        ? new Verdict.Interrupt()
                                        : new Verdict.Wait());
            }
        }
    }

    private static final String ERRANDS =
            """
            |          | Created  | Running | Paused | Stopped  | Failed   |
            | Change   | changes  | changes | FP     | changes  | changes  |
            | Snapshot | FP       | saves   | saves  | FP       | FP       |
            | Restore  | restores | FP      | FP     | restores | restores |
            """;

    @Test
    void theTableOfErrandsHolds() {
        var rows = ERRANDS.lines().map(VerdictTest::cells).toList();
        assertThat(rows).hasSize(1 + Errand.values().length);
        for (var row : rows.subList(1, rows.size())) {
            var errand = Errand.valueOf(row.getFirst().toUpperCase(Locale.ROOT));
            for (var i = 0; i < AT_REST.size(); i++) {
                var verdict = Verdict.of(errand, AT_REST.get(i));
                assertThat(kind(verdict))
                        .as("%s in %s", errand, AT_REST.get(i))
                        .isEqualTo(expected(row.get(i + 1), false));
                if (verdict instanceof Verdict.Forbidden(var hint)) {
                    assertThat(hint).endsWith(" first");
                }
            }
            for (var phase :
                    List.of(
                            new Phase.Booting(LAUNCH),
                            new Phase.Stopping(LAUNCH, PROCESS, true),
                            new Phase.Deleting(List.of()))) {
                assertThat(Verdict.of(errand, phase)).isEqualTo(new Verdict.Wait());
            }
        }
    }

    @Test
    void nothingEndsADelete() {
        for (var verb : Verb.values()) {
            assertThat(Verdict.of(verb, new Phase.Deleting(List.of()), true))
                    .isEqualTo(new Verdict.Wait());
        }
    }

    @Test
    void everyRefusalSaysWhatToDoFirst() {
        for (var phase : AT_REST) {
            for (var verb : Verb.values()) {
                if (Verdict.of(verb, phase, false) instanceof Verdict.Forbidden(var hint)) {
                    assertThat(hint).as("%s in %s", verb, phase).containsPattern("first\\b");
                }
            }
        }
    }
}
