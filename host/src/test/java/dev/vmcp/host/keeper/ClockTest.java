package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.awaitPhase;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.process.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The wall clock jumps by years while VMs run.
class ClockTest {

    private static final Duration YEARS = Duration.ofDays(1000);

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, -1000})
    void verbsAreDoneAndTheTimeOfTheLastChangeIsTheClocks(long days) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        room.ahead = Duration.ofDays(days);
        for (var verb : new Verb[] {Verb.PAUSE, Verb.RESUME, Verb.REBOOT, Verb.SHUTDOWN}) {
            assertThat(code(ask(vm, verb))).as("%s", verb).isEqualTo("OK");
        }
        assertThat(vm.view().record().modified())
                .isBetween(
                        Instant.now().plus(room.ahead).minusSeconds(60),
                        Instant.now().plus(room.ahead));
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void aHostThatStartsYearsBeforeWhatItRecordedTakesItsGuestsUp() throws Exception {
        room.ahead = YEARS;
        var launch = room.launch(room.in("a", Phase.Running.class));
        room.ahead = YEARS.negated();
        var _ = room.restart();
        var vm = room.keepers().all().iterator().next();
        awaitPhase(vm, "Running");
        assertThat(room.launch(vm)).isEqualTo(launch);
        assertThat(code(ask(vm, Verb.SHUTDOWN))).isEqualTo("OK");
        room.leavesNothing(vm);
        room.isEmpty();
    }

    /// It makes one long life look like a short one, and no more than one.
    @Test
    void aClockThatIsSetBackUsesUpNoRestarts() throws Exception {
        var _ = room.script("a").exitsOnRestart(true);
        var vm = room.in("a", Phase.Running.class);
        for (int i = 0; i < 8; i++) {
            room.ahead = room.ahead.plus(Duration.ofMinutes(1));
            var before = room.launch(vm);
            room.vmm(vm).restart();
            Eventually.holds(
                    "another VMM runs",
                    () ->
                            phase(vm) instanceof Phase.Running(var launch, _)
                                    && !launch.equals(before));
            if (i == 4) {
                room.ahead = YEARS.negated();
            }
        }
        assertThat(vm.view().record().run().quickEnds()).isLessThanOrEqualTo(1);
        room.leavesNothing(vm);
        room.isEmpty();
    }
}
