package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.awaitPhase;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.RestartBudget;
import dev.vmcp.core.vm.Run;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.Exit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Guests whose restart ends their VMM.
class GuestRestartTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
        var _ = room.script("a").exitsOnRestart(true).exitsOnPowerOff(true);
    }

    private static void awaitAnother(KeeperRoom room, VmKeeper vm, LaunchId before)
            throws Exception {
        Eventually.holds(
                "another VMM runs",
                () ->
                        phase(vm) instanceof Phase.Running(var launch, _)
                                && !launch.equals(before)
                                && room.vmms.of(launch).isPresent());
    }

    private VmKeeper found() {
        return room.keepers().all().iterator().next();
    }

    private void leave(VmKeeper vm, Phase phase, Run run) {
        var record = vm.view().record();
        var _ = room.journal.put(record.with(phase, run, record.modified())).join();
    }

    /// A room in which a restart after a second quick end takes an hour.
    private void slowly() throws Exception {
        var quick = KeeperRoom.QUICK;
        room =
                new KeeperRoom(
                        directory.resolve("slow"),
                        new Ground.Limits(
                                quick.boot(),
                                quick.command(),
                                quick.kill(),
                                quick.dying(),
                                quick.guest(),
                                quick.save(),
                                quick.stop(),
                                new RestartBudget(5, HOUR)));
        var _ = room.script("a").exitsOnRestart(true);
    }

    /// A VM that waits for its restart for an hour.
    private VmKeeper waiting() throws Exception {
        slowly();
        var vm = room.in("a", Phase.Running.class);
        var first = room.launch(vm);
        room.vmm(vm).restart();
        awaitAnother(room, vm, first);
        room.vmm(vm).restart();
        awaitPhase(vm, "Stopping");
        Eventually.holds("it says so", () -> vm.view().reason().contains("start again"));
        return vm;
    }

    @Test
    void aGuestThatRestartsItselfGetsANewVmm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var first = room.launch(vm);
        room.vmm(vm).restart();
        awaitAnother(room, vm, first);
        assertThat(room.journal.phases(vm.view().record().id()))
                .endsWith("Running", "Stopping", "Booting", "Running");
        assertThat(room.layout.directory(first)).doesNotExist();
        assertThat(room.console(vm.view().record().id()).attached()).isTrue();
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OK");
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void aGuestThatRestartsItselfOverAndOverFailsInTheEnd() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        for (int i = 0; i < 4; i++) {
            var launch = room.launch(vm);
            room.vmm(vm).restart();
            awaitAnother(room, vm, launch);
        }
        room.vmm(vm).restart();
        awaitPhase(vm, "Failed");
        assertThat(vm.view().reason())
                .isEqualTo(
                        "the guest asked for a restart within 30 s after its start, 5 times in a"
                                + " row");
        room.isEmpty();
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
        var launch = room.launch(vm);
        room.vmm(vm).restart();
        awaitAnother(room, vm, launch);
    }

    @Test
    void theBudgetSurvivesUs() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var run = vm.view().record().run();
        leave(vm, phase(vm), new Run(run.launched(), 4, false));
        var _ = room.restart();
        var after = found();
        Eventually.holds("it is verified", () -> after.view().remark().isEmpty());
        room.vmm(after).restart();
        awaitPhase(after, "Failed");
    }

    @Test
    void aGuestThatSwitchesItselfOffWithItsVmmIsNoFailure() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        room.vmm(vm).powerOff();
        awaitPhase(vm, "Stopped");
        assertThat(vm.view().reason()).isEqualTo("the guest powered off");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEndThatNobodySawIsTakenForWhatItWas(boolean restart) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var vmm = room.vmm(vm);
        room.die();
        if (restart) {
            vmm.restart();
        } else {
            vmm.powerOff();
        }
        var _ = room.restart();
        awaitPhase(found(), restart ? "Running" : "Stopped");
        Eventually.holds("its VMM runs", () -> room.vmms.alive().size() == (restart ? 1 : 0));
        if (!restart) {
            assertThat(found().view().reason()).isEqualTo("the guest powered off");
        }
    }

    @Test
    void aRestartIsFinishedByTheNextLifeWhenItsVmmIsGone() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var was = (Phase.Running) phase(vm);
        var vmm = room.vmm(vm);
        room.die();
        vmm.end(new Exit.Signal(9));
        leave(vm, new Phase.Stopping(was.launch(), was.process(), true), Run.NONE);
        var _ = room.restart();
        awaitPhase(found(), "Running");
        assertThat(room.launch(found())).isNotEqualTo(was.launch());
        assertThat(room.layout.directory(was.launch())).doesNotExist();
    }

    @Test
    void aLaunchOfARestartThatWasCutShortIsFollowedByAnother() throws Exception {
        var vm = room.in("a", Phase.Stopped.class);
        var lost = new LaunchId("l-" + "a".repeat(24));
        Files.createDirectory(room.layout.directory(lost));
        leave(vm, new Phase.Booting(lost), new Run(Run.NONE.launched(), 1, true));
        var _ = room.restart();
        awaitAnother(room, found(), lost);
        assertThat(room.layout.directory(lost)).doesNotExist();
        room.leavesNothing(found());
        room.isEmpty();
    }

    @Test
    void aRestartThatDoesNotComeUpFailsItsVm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.BOOT, Mood.REFUSES);
        room.vmm(vm).restart();
        awaitPhase(vm, "Failed");
        room.isEmpty();
    }

    @Test
    void aRestartThatFindsItsFilesGoneFailsItsVm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        Files.delete(directory.resolve("kernel"));
        room.vmm(vm).restart();
        awaitPhase(vm, "Failed");
        assertThat(vm.view().reason()).contains("did not start again").contains("kernel");
        room.isEmpty();
    }

    @Test
    void aCallWhileARestartIsDueStartsItAtOnce() throws Exception {
        for (var verb : List.of(Verb.BOOT, Verb.PAUSE, Verb.REBOOT)) {
            var vm = waiting();
            assertThat(code(ask(vm, verb))).isEqualTo("OK");
            assertThat(room.vmms.alive()).hasSize(1);
            room.leavesNothing(vm);
            room.isEmpty();
        }
    }

    @Test
    void aShutdownWhileARestartIsDueEndsIt() throws Exception {
        for (boolean forced : List.of(false, true)) {
            var vm = waiting();
            done(forced ? force(vm, Verb.SHUTDOWN) : ask(vm, Verb.SHUTDOWN));
            assertThat(phase(vm).word()).isEqualTo("Stopped");
            room.isEmpty();
        }
    }

    @Test
    void aDeleteWithForceWhileARestartIsDueEndsIt() throws Exception {
        var vm = waiting();
        assertThat(code(force(vm, Verb.DELETE))).isEqualTo("OK");
        room.isEmpty();
    }

    @Test
    void forceEndsARestartThatHangs() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.BOOT, Mood.DEAF);
        room.vmm(vm).restart();
        awaitPhase(vm, "Booting");
        Eventually.holds("it hangs", () -> room.script("a").entered(Act.BOOT) == 2);
        assertThat(code(force(vm, Verb.DELETE))).isEqualTo("OK");
        room.isEmpty();
    }

    @Test
    void aRestartDuringAShutdownEndsTheVm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").obedient(false);
        var answer = vm.ask(Ask.of(Verb.SHUTDOWN));
        KeeperRoom.awaitEntered(room.script("a"), Act.POWER_BUTTON);
        room.vmm(vm).restart();
        var _ = answer.get(20, TimeUnit.SECONDS);
        assertThat(phase(vm).word()).isEqualTo("Stopped");
        room.isEmpty();
    }
}
