package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each cell of the contract's table of verbs and phases.
class VerbTableTest {

    private static final Map<String, Class<? extends Phase>> PHASES =
            Map.of(
                    "Created", Phase.Created.class,
                    "Running", Phase.Running.class,
                    "Paused", Phase.Paused.class,
                    "Stopped", Phase.Stopped.class,
                    "Failed", Phase.Failed.class);

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    @ParameterizedTest(name = "{0} in {1} answers {2}, then {3}")
    @CsvSource(
            textBlock =
                    """
                    BOOT,     Created, OK,          Running, Booting Running
                    BOOT,     Running, OK,          Running, ''
                    BOOT,     Paused,  WRONG_PHASE, Paused,  ''
                    BOOT,     Stopped, OK,          Running, Booting Running
                    BOOT,     Failed,  OK,          Running, Booting Running
                    PAUSE,    Created, WRONG_PHASE, Created, ''
                    PAUSE,    Running, OK,          Paused,  Paused
                    PAUSE,    Paused,  OK,          Paused,  ''
                    PAUSE,    Stopped, WRONG_PHASE, Stopped, ''
                    PAUSE,    Failed,  WRONG_PHASE, Failed,  ''
                    RESUME,   Created, WRONG_PHASE, Created, ''
                    RESUME,   Running, OK,          Running, ''
                    RESUME,   Paused,  OK,          Running, Running
                    RESUME,   Stopped, WRONG_PHASE, Stopped, ''
                    RESUME,   Failed,  WRONG_PHASE, Failed,  ''
                    SHUTDOWN, Created, OK,          Created, ''
                    SHUTDOWN, Running, OK,          Stopped, Stopping Stopped
                    SHUTDOWN, Paused,  WRONG_PHASE, Paused,  ''
                    SHUTDOWN, Stopped, OK,          Stopped, ''
                    SHUTDOWN, Failed,  OK,          Stopped, Stopped
                    REBOOT,   Created, WRONG_PHASE, Created, ''
                    REBOOT,   Running, OK,          Running, Stopping Running
                    REBOOT,   Paused,  WRONG_PHASE, Paused,  ''
                    REBOOT,   Stopped, WRONG_PHASE, Stopped, ''
                    REBOOT,   Failed,  WRONG_PHASE, Failed,  ''
                    DELETE,   Created, OK,          Gone,    Deleting
                    DELETE,   Running, WRONG_PHASE, Running, ''
                    DELETE,   Paused,  WRONG_PHASE, Paused,  ''
                    DELETE,   Stopped, OK,          Gone,    Deleting
                    DELETE,   Failed,  OK,          Gone,    Deleting
                    """)
    void aVerbWithoutForce(Verb verb, String from, String answer, String after, String commits) {
        check(Ask.of(verb), from, new Expected(answer, after, commits));
    }

    @ParameterizedTest(name = "{0} with force in {1} answers {2}, then {3}")
    @CsvSource(
            textBlock =
                    """
                    SHUTDOWN, Created, OK,          Created, ''
                    SHUTDOWN, Running, OK,          Stopped, Stopping Stopped
                    SHUTDOWN, Paused,  OK,          Stopped, Stopping Stopped
                    SHUTDOWN, Stopped, OK,          Stopped, ''
                    SHUTDOWN, Failed,  OK,          Stopped, Stopped
                    REBOOT,   Created, WRONG_PHASE, Created, ''
                    REBOOT,   Running, OK,          Running, Running
                    REBOOT,   Paused,  WRONG_PHASE, Paused,  ''
                    REBOOT,   Stopped, WRONG_PHASE, Stopped, ''
                    REBOOT,   Failed,  WRONG_PHASE, Failed,  ''
                    DELETE,   Created, OK,          Gone,    Deleting
                    DELETE,   Running, OK,          Gone,    Deleting
                    DELETE,   Paused,  OK,          Gone,    Deleting
                    DELETE,   Stopped, OK,          Gone,    Deleting
                    DELETE,   Failed,  OK,          Gone,    Deleting
                    """)
    void aVerbWithForce(Verb verb, String from, String answer, String after, String commits) {
        check(Ask.forced(verb), from, new Expected(answer, after, commits));
    }

    private record Expected(String answer, String after, String commits) {}

    private void check(Ask ask, String from, Expected expected) {
        var vm = room.in("a", Optional.ofNullable(PHASES.get(from)).orElseThrow());
        var id = vm.view().record().id();
        int before = room.journal.phases(id).size();
        assertThat(phase(vm).word()).isEqualTo(from);

        var outcome = KeeperRoom.await(vm, ask);

        assertThat(code(outcome)).isEqualTo(expected.answer());
        var commits = room.journal.phases(id);
        assertThat(String.join(" ", commits.subList(before, commits.size())))
                .isEqualTo(expected.commits());
        if (expected.after().equals("Gone")) {
            assertThat(room.keepers().find(id)).isEmpty();
        } else {
            assertThat(phase(vm).word()).isEqualTo(expected.after());
            assertThat(room.journal.load().getFirst().phase()).isEqualTo(phase(vm));
        }
        if (outcome instanceof Outcome.Refused<Reply>(Problem.WrongPhase problem)) {
            assertThat(problem.message()).contains(from).contains("; ");
        }
        boolean runs = List.of("Running", "Paused").contains(expected.after());
        assertThat(room.vmms.alive()).hasSize(runs ? 1 : 0);
        assertThat(room.console(id).attached()).isEqualTo(runs);
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void theGuestSeesWhatTheVerbsSay() {
        var vm = room.in("a", Phase.Running.class);
        var vmm = room.vmm(vm);
        done(ask(vm, Verb.PAUSE));
        assertThat(vmm.guest()).hasToString("PAUSED");
        done(ask(vm, Verb.RESUME));
        assertThat(vmm.guest()).hasToString("RUNNING");
        done(ask(vm, Verb.REBOOT));
        assertThat(room.vmm(vm)).isSameAs(vmm);
        done(force(vm, Verb.REBOOT));
        assertThat(room.vmm(vm)).isSameAs(vmm);
        assertThat(vmm.guest()).hasToString("RUNNING");
    }

    @Test
    void aDeletedVmAnswersThatItIsNotThere() {
        var vm = room.in("a", Phase.Stopped.class);
        done(ask(vm, Verb.DELETE));
        for (var verb : Verb.values()) {
            assertThat(code(ask(vm, verb))).isEqualTo("VM_NOT_FOUND");
            assertThat(code(force(vm, verb))).isEqualTo("VM_NOT_FOUND");
        }
    }
}
