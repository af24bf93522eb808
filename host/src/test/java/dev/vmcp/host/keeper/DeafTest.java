package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.awaitEntered;
import static dev.vmcp.host.keeper.KeeperRoom.awaitPhase;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// VMMs that do not answer, or hang up.
class DeafTest {

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    @ParameterizedTest
    @EnumSource(
            value = Act.class,
            names = {"PAUSE", "RESUME"})
    void aStepOfADeafVmmAnswersAndForceWorks(Act act) {
        var vm = room.in("a", act == Act.PAUSE ? Phase.Running.class : Phase.Paused.class);
        var before = phase(vm);
        var _ = room.script("a").all(Mood.DEAF);
        assertThat(code(ask(vm, Verb.valueOf(act.name())))).isEqualTo("BACKEND_GONE");
        assertThat(phase(vm)).isEqualTo(before);
        assertThat(code(force(vm, Verb.SHUTDOWN))).isEqualTo("OK");
        room.isEmpty();
    }

    @Test
    void aDeafBootFailsInTime() throws Exception {
        room = new KeeperRoom(directory, limits(Duration.ofMillis(100)));
        var vm = room.create("a");
        var _ = room.script("a").on(Act.BOOT, Mood.DEAF);
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("BACKEND_GONE");
        assertThat(phase(vm).word()).isEqualTo("Failed");
        room.isEmpty();
    }

    private static Ground.Limits limits(Duration boot) {
        var quick = KeeperRoom.QUICK;
        return new Ground.Limits(boot, quick.command(), quick.kill(), quick.dying());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeafVmmIsReplacedByAReboot(boolean force) {
        var vm = room.in("a", Phase.Running.class);
        var old = room.vmm(vm);
        for (var act : List.of(Act.RESET, Act.START_AGAIN, Act.POWER_BUTTON)) {
            var _ = room.script("a").on(act, Mood.DEAF);
        }
        var reboot = new Ask(Verb.REBOOT, force, Duration.ofMillis(50));
        assertThat(code(KeeperRoom.await(vm, reboot))).isEqualTo("OK");
        assertThat(room.vmms.alive()).singleElement().isNotSameAs(old);
        assertThat(phase(vm).word()).isEqualTo("Running");
    }

    @Test
    void aLiarIsBelieved() {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").all(Mood.LIES);
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OK");
        assertThat(code(ask(vm, Verb.RESUME))).isEqualTo("OK");
        assertThat(code(force(vm, Verb.REBOOT))).isEqualTo("OK");
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void aLostConnectionIsTakenUpAgain() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var vmm = room.vmm(vm);
        vmm.guest(GuestState.PAUSED);
        vmm.hangUp();
        awaitPhase(vm, "Paused");
        assertThat(vm.view().remark()).isEmpty();
        assertThat(code(ask(vm, Verb.RESUME))).isEqualTo("OK");
        assertThat(room.vmm(vm)).isSameAs(vmm);
    }

    @Test
    void aVmThatCannotBeReachedSaysSoAndRecoversWithTheNextStep() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.ADOPT, Mood.DEAF);
        room.vmm(vm).hangUp();
        Eventually.holds("it says so", () -> vm.view().remark().contains("does not answer"));
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("BACKEND_GONE");
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
        var _ = room.script("a").on(Act.ADOPT, Mood.FINE);
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OK");
        assertThat(phase(vm).word()).isEqualTo("Paused");
        assertThat(vm.view().remark()).isEmpty();
    }

    @Test
    void aVmThatCannotBeReachedRecoversByItself() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.ADOPT, Mood.REFUSES);
        room.vmm(vm).hangUp();
        Eventually.holds("it says so", () -> vm.view().remark().contains("does not answer"));
        var _ = room.script("a").on(Act.ADOPT, Mood.FINE);
        Eventually.holds(
                "it is reached again",
                () -> {
                    vm.tend();
                    return vm.view().remark().isEmpty();
                });
        assertThat(phase(vm).word()).isEqualTo("Running");
    }

    @Test
    void aVmThatCannotBeReachedCanBeStoppedAndRestarted() throws Exception {
        for (var verb : List.of(Verb.SHUTDOWN, Verb.REBOOT)) {
            var id = verb.word();
            var vm = room.in(id, Phase.Running.class);
            var _ = room.script(id).on(Act.ADOPT, Mood.DEAF);
            room.vmm(vm).hangUp();
            Eventually.holds("it says so", () -> vm.view().remark().contains("does not answer"));
            assertThat(code(ask(vm, verb))).isEqualTo("OK");
            room.leavesNothing(vm);
        }
        room.isEmpty();
    }

    @Test
    void aVmmThatWentOffUnseenIsFoundOff() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        room.vmm(vm).guest(GuestState.POWERED_OFF);
        room.vmm(vm).hangUp();
        awaitPhase(vm, "Stopped");
        room.isEmpty();
    }

    @Test
    void aSlowReadingDelaysNoStep() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.COUNTERS, Mood.DEAF);
        var reading =
                CompletableFuture.runAsync(
                        () -> vm.sample(dev.vmcp.host.process.Deadline.in(Duration.ofSeconds(20))));
        awaitEntered(room.script("a"), Act.COUNTERS);
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OK");
        assertThat(reading).isNotDone();
        assertThat(code(force(vm, Verb.SHUTDOWN))).isEqualTo("OK");
        assertThat(reading).failsWithin(Duration.ofSeconds(10));
        assertThat(phase(vm).word()).isEqualTo("Stopped");
        assertThat(vm.view().usage()).isEmpty();
    }

    @Test
    void aReadingShows() {
        var vm = room.in("a", Phase.Running.class);
        vm.sample(dev.vmcp.host.process.Deadline.in(Duration.ofSeconds(5)));
        assertThat(vm.view().usage()).isPresent();
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OK");
        assertThat(vm.view().usage()).as("survives a change of phase").isPresent();
    }
}
