package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.awaitEntered;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Force ends whatever step is under way, and nothing starts after it.
class ForceTest {

    @TempDir Path directory;
    KeeperRoom room;

    private record Under(Verb verb, Act act, Class<? extends Phase> from) {}

    private static final List<Under> STEPS =
            List.of(
                    new Under(Verb.BOOT, Act.BOOT, Phase.Created.class),
                    new Under(Verb.BOOT, Act.PREPARE, Phase.Stopped.class),
                    new Under(Verb.PAUSE, Act.PAUSE, Phase.Running.class),
                    new Under(Verb.RESUME, Act.RESUME, Phase.Paused.class),
                    new Under(Verb.SHUTDOWN, Act.POWER_BUTTON, Phase.Running.class),
                    new Under(Verb.REBOOT, Act.POWER_BUTTON, Phase.Running.class),
                    new Under(Verb.REBOOT, Act.START_AGAIN, Phase.Running.class));

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void aShutdownWithForceEndsAStepUnderWay(int step) throws Exception {
        var under = STEPS.get(step);
        var vm = room.in("a", under.from());
        assertThat(overtaken(vm, under, Verb.SHUTDOWN)).isEqualTo("OVERTAKEN");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
        assertThat(vm.view().reason()).isIn("forced", "the guest powered off");
        room.isEmpty();
        var _ = room.script("a").all(Mood.FINE);
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void aDeleteWithForceEndsAStepUnderWay(int step) throws Exception {
        var under = STEPS.get(step);
        var vm = room.in("a", under.from());
        assertThat(overtaken(vm, under, Verb.DELETE)).isEqualTo("OVERTAKEN");
        room.leavesNothing(vm);
        room.isEmpty();
    }

    private String overtaken(VmKeeper vm, Under under, Verb by) throws Exception {
        var script = room.script("a").on(under.act(), Mood.DEAF);
        int before = script.entered(under.act());
        var answer = vm.ask(new Ask(under.verb(), false, Duration.ofMinutes(10)));
        Eventually.holds("it is under way", () -> script.entered(under.act()) > before);
        assertThat(code(force(vm, by))).isEqualTo("OK");
        return code(answer.get(20, TimeUnit.SECONDS));
    }

    private static final Duration HOUR = Duration.ofHours(1);

    @BeforeEach
    void patience() throws Exception {
        var limits = new Ground.Limits(HOUR, HOUR, Duration.ofSeconds(5), Duration.ofMillis(20));
        room = new KeeperRoom(directory, limits);
    }

    @Test
    void aGuestThatTakesItsTimeToGoDownIsEndedByForce() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var script = room.script("a").obedient(false);
        var answer = vm.ask(new Ask(Verb.SHUTDOWN, false, HOUR));
        awaitEntered(script, Act.POWER_BUTTON);
        assertThat(done(force(vm, Verb.SHUTDOWN)).outcome()).isEqualTo("forced");
        assertThat(code(answer.get(20, TimeUnit.SECONDS))).isEqualTo("OVERTAKEN");
        room.isEmpty();
    }

    @Test
    void whatWaitedBehindAnEndedStepGoesOnUndisturbed() throws Exception {
        var vm = room.create("a");
        var script = room.script("a").on(Act.BOOT, Mood.DEAF);
        var boot = vm.ask(Ask.of(Verb.BOOT));
        awaitEntered(script, Act.BOOT);
        var pause = vm.ask(Ask.of(Verb.PAUSE));
        var again = vm.ask(Ask.of(Verb.BOOT));
        var resume = vm.ask(Ask.of(Verb.RESUME));
        var stop = vm.ask(Ask.forced(Verb.SHUTDOWN));
        assertThat(code(stop.get(20, TimeUnit.SECONDS))).isEqualTo("OK");
        script.on(Act.BOOT, Mood.FINE);
        assertThat(code(boot.get(20, TimeUnit.SECONDS))).isEqualTo("OVERTAKEN");
        assertThat(code(pause.get(20, TimeUnit.SECONDS))).isEqualTo("WRONG_PHASE");
        assertThat(code(again.get(20, TimeUnit.SECONDS))).isEqualTo("OK");
        assertThat(code(resume.get(20, TimeUnit.SECONDS))).isEqualTo("OK");
        assertThat(phase(vm).word()).isEqualTo("Running");
    }

    @Test
    void aRefusalByThePhaseStaysOneWhenForceComesAtTheSameTime() throws Exception {
        for (int i = 0; i < 300; i++) {
            var vm = room.create("v" + i);
            var pause = vm.ask(Ask.of(Verb.PAUSE));
            var stop = vm.ask(Ask.forced(Verb.SHUTDOWN));
            assertThat(code(pause.get(20, TimeUnit.SECONDS))).isEqualTo("WRONG_PHASE");
            assertThat(code(stop.get(20, TimeUnit.SECONDS))).isEqualTo("OK");
            assertThat(phase(vm).word()).isEqualTo("Created");
        }
    }

    @Test
    void tooManyCallsAreTurnedAwayAndForceStillWorks() throws Exception {
        var vm = room.create("a");
        var script = room.script("a").on(Act.BOOT, Mood.DEAF);
        var boot = vm.ask(Ask.of(Verb.BOOT));
        awaitEntered(script, Act.BOOT);
        var waiting =
                IntStream.range(0, Lane.LONGEST).mapToObj(_ -> vm.ask(Ask.of(Verb.PAUSE))).toList();
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OVERLOADED");
        assertThat(code(force(vm, Verb.DELETE))).isEqualTo("OK");
        assertThat(code(boot.get(20, TimeUnit.SECONDS))).isEqualTo("OVERTAKEN");
        for (var one : waiting) {
            assertThat(code(one.get(20, TimeUnit.SECONDS))).isEqualTo("VM_NOT_FOUND");
        }
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void manyForcesAtOnceAllAnswer() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var all =
                IntStream.range(0, 100)
                        .mapToObj(i -> Ask.forced(i % 2 == 0 ? Verb.SHUTDOWN : Verb.DELETE))
                        .map(vm::ask)
                        .toList();
        for (var one : all) {
            assertThat(code(one.get(20, TimeUnit.SECONDS))).isIn("OK", "VM_NOT_FOUND");
        }
        room.leavesNothing(vm);
        room.isEmpty();
    }
}
