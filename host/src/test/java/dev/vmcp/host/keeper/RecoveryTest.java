package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.awaitPhase;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.Exit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the next life of a host makes of what the last one left.
class RecoveryTest {

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private VmKeeper again(VmKeeper vm) {
        var _ = room.restart();
        return found(vm);
    }

    private VmKeeper found(VmKeeper vm) {
        return room.keepers().find(vm.view().record().id()).orElseThrow();
    }

    /// Leaves the record of a VM in a phase as a crash of ours would.
    private void left(VmKeeper vm, Phase phase) {
        var r = vm.view().record();
        var _ = room.journal.put(r.with(phase, r.run(), r.modified())).join();
    }

    /// The VMM ends while no host looks.
    private void end(VmKeeper vm) {
        var vmm = room.vmm(vm);
        room.die();
        vmm.end(new Exit.Code(0));
    }

    private static Phase.Running running(VmKeeper vm) {
        return (Phase.Running) phase(vm);
    }

    @ParameterizedTest
    @ValueSource(classes = {Phase.Running.class, Phase.Paused.class})
    void aGuestRunsOn(Class<? extends Phase> in) throws Exception {
        var vm = room.in("a", in);
        var vmm = room.vmm(vm);
        var after = again(vm);
        assertThat(code(ask(after, in == Phase.Running.class ? Verb.BOOT : Verb.PAUSE)))
                .isEqualTo("OK");
        assertThat(phase(after)).isEqualTo(phase(vm));
        assertThat(room.vmm(after)).isSameAs(vmm);
        assertThat(after.view().pid()).isEqualTo(vmm.id().pid());
        assertThat(room.console(new VmId("a")).attached()).isTrue();
        assertThat(room.layout.directory(vmm.launch())).isDirectory();
        vmm.powerOff();
        awaitPhase(after, "Stopped");
        room.leavesNothing(after);
        room.isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {Phase.Created.class, Phase.Stopped.class, Phase.Failed.class})
    void aVmAtRestStaysAsItIs(Class<? extends Phase> in) {
        var vm = room.in("a", in);
        var after = again(vm);
        assertThat(phase(after)).isEqualTo(phase(vm));
        assertThat(code(ask(after, Verb.BOOT))).isEqualTo("OK");
        room.leavesNothing(after);
        room.isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {Phase.Running.class, Phase.Paused.class})
    void aVmmThatEndedMeanwhileIsAFailure(Class<? extends Phase> in) throws Exception {
        var vm = room.in("a", in);
        end(vm);
        var after = again(vm);
        awaitPhase(after, "Failed");
        assertThat(after.view().reason()).contains("why is unknown");
        room.isEmpty();
    }

    @Test
    void whatHappenedBehindOurBackIsFound() throws Exception {
        var paused = room.in("paused", Phase.Running.class);
        var resumed = room.in("resumed", Phase.Paused.class);
        var off = room.in("off", Phase.Running.class);
        var crashed = room.in("crashed", Phase.Running.class);
        room.vmm(paused).guest(GuestState.PAUSED);
        room.vmm(resumed).guest(GuestState.RUNNING);
        room.vmm(off).guest(GuestState.POWERED_OFF);
        room.vmm(crashed).guest(GuestState.CRASHED);
        var _ = room.restart();
        awaitPhase(found(paused), "Paused");
        awaitPhase(found(resumed), "Running");
        awaitPhase(found(off), "Stopped");
        awaitPhase(found(crashed), "Failed");
        assertThat(room.vmms.alive()).hasSize(2);
    }

    @Test
    void aDeafVmmIsKeptSaidAndTakenUpLater() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.ADOPT, Mood.DEAF);
        var after = again(vm);
        Eventually.holds("it says so", () -> after.view().remark().contains("does not answer"));
        assertThat(phase(after)).isEqualTo(phase(vm));
        assertThat(code(ask(after, Verb.PAUSE))).isEqualTo("BACKEND_GONE");
        var _ = room.script("a").on(Act.ADOPT, Mood.FINE);
        assertThat(code(ask(after, Verb.PAUSE))).isEqualTo("OK");
    }

    @Test
    void forceThatComesBeforeRecoveryWaitsForIt() {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.ADOPT, Mood.DEAF);
        var after = again(vm);
        assertThat(code(force(after, Verb.SHUTDOWN))).isEqualTo("OK");
        room.isEmpty();
        assertThat(phase(after).word()).isEqualTo("Stopped");
    }

    @Test
    void aBootWhoseVmmRunsIsFinished() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var vmm = room.vmm(vm);
        vmm.guest(GuestState.PAUSED);
        left(vm, new Phase.Booting(vmm.launch()));
        var after = again(vm);
        awaitPhase(after, "Running");
        assertThat(vmm.guest()).isEqualTo(GuestState.RUNNING);
        assertThat(running(after).process()).isEqualTo(vmm.id());
        assertThat(room.layout.directory(vmm.launch())).isDirectory();
    }

    @ParameterizedTest
    @EnumSource(
            value = Act.class,
            names = {"ADOPT", "OBSERVE", "RESUME"})
    void aBootWhoseVmmDoesNotAnswerIsUndone(Act act) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(act, Mood.DEAF);
        left(vm, new Phase.Booting(room.launch(vm)));
        var after = again(vm);
        awaitPhase(after, "Failed");
        assertThat(after.view().reason()).contains("boot it again");
        room.isEmpty();
    }

    @Test
    void aBootWithoutAVmmIsUndone() throws Exception {
        var vm = room.create("a");
        var launch = new LaunchId("l-" + "a".repeat(24));
        Files.createDirectory(room.layout.directory(launch));
        left(vm, new Phase.Booting(launch));
        var after = again(vm);
        awaitPhase(after, "Failed");
        room.isEmpty();
        assertThat(code(ask(after, Verb.BOOT))).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStopIsFinished(boolean alive) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var was = running(vm);
        left(vm, new Phase.Stopping(was.launch(), was.process(), false));
        if (!alive) {
            end(vm);
        }
        var after = again(vm);
        awaitPhase(after, "Stopped");
        room.isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = GuestState.class,
            names = {"RUNNING", "POWERED_OFF"})
    void aRestartEndsWithTheGuestRunning(GuestState state) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var was = running(vm);
        var vmm = room.vmm(vm);
        vmm.guest(state);
        left(vm, new Phase.Stopping(was.launch(), was.process(), true));
        var after = again(vm);
        awaitPhase(after, "Running");
        assertThat(vmm.guest()).isEqualTo(GuestState.RUNNING);
        assertThat(code(ask(after, Verb.PAUSE))).isEqualTo("OK");
        assertThat(room.vmms.alive()).containsExactly(vmm);
    }

    @Test
    void aRestartThatNeedsANewLaunchGetsItDuringRecovery() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var was = running(vm);
        room.vmm(vm).guest(GuestState.POWERED_OFF);
        var _ = room.script("a").on(Act.START_AGAIN, Mood.REFUSES);
        left(vm, new Phase.Stopping(was.launch(), was.process(), true));
        var after = again(vm);
        awaitPhase(after, "Running");
        assertThat(room.launch(after)).isNotEqualTo(was.launch());
        assertThat(room.layout.directory(room.launch(after))).isDirectory();
        assertThat(room.layout.directory(was.launch())).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeleteIsFinished(boolean alive) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var launch = room.launch(vm);
        left(vm, new Phase.Deleting(List.of(launch)));
        if (!alive) {
            end(vm);
        }
        var _ = room.restart();
        Eventually.holds("it is gone", () -> room.keepers().find(new VmId("a")).isEmpty());
        assertThat(room.journal.load()).isEmpty();
        room.isEmpty();
        assertThat(room.create("b").view().record().slot()).isZero();
    }

    @Test
    void aProcessOfNoRecordIsReportedAndLeftAlone() throws Exception {
        var launch = new LaunchId("l-" + "b".repeat(24));
        var orphan = room.vmms.started(launch, new VmId("nobody"));
        var directory = Files.createDirectory(room.layout.directory(launch));
        var report = room.restart();
        assertThat(report.orphans())
                .extracting(dev.vmcp.host.process.Processes.Found::process)
                .containsExactly(orphan.id());
        assertThat(orphan.alive()).isTrue();
        assertThat(directory).isDirectory();
    }

    @Test
    void whatAdoptedVmsHoldStaysTheirs() throws Exception {
        var disks = List.of(room.disk());
        var a = room.create("a", room.spec(3 * KeeperRoom.MEMORY, disks));
        assertThat(code(ask(a, Verb.BOOT))).isEqualTo("OK");
        var after = again(a);
        assertThat(code(ask(after, Verb.BOOT))).isEqualTo("OK");
        var b = room.create("b", room.spec(KeeperRoom.MEMORY, disks));
        var c = room.create("c", room.spec(2 * KeeperRoom.MEMORY, List.of()));
        assertThat(code(ask(b, Verb.BOOT))).isEqualTo("NOT_NOW");
        assertThat(code(ask(c, Verb.BOOT))).isEqualTo("HOST_FULL");
        assertThat(c.view().record().slot()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Verb.class)
    void aRecoveryThatCouldNotBeWrittenIsMadeUpForByAnyVerb(Verb verb) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        end(vm);
        room.journal.refuse(_ -> true);
        var after = again(vm);
        assertThat(code(ask(after, verb))).isEqualTo("NOT_NOW");
        room.journal.refuse(_ -> false);
        assertThat(code(ask(after, verb))).isIn("OK", "WRONG_PHASE");
        room.leavesNothing(after);
        room.isEmpty();
    }

    @Test
    void manyVmsAreTakenUpAtOnce() throws Exception {
        var deaf = room.in("deaf", Phase.Running.class);
        var _ = room.script("deaf").on(Act.ADOPT, Mood.DEAF);
        for (int i = 0; i < 50; i++) {
            var vm = room.create("v" + i, room.spec(1 << 20, List.of()));
            assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
        }
        var report = room.restart();
        assertThat(report).isEqualTo(new Recovery.Report(51, 51, List.of()));
        for (var vm : room.keepers().all()) {
            Eventually.holds(
                    "it was looked at", () -> !vm.view().remark().contains("not yet verified"));
        }
        assertThat(phase(found(deaf)).word()).isEqualTo("Running");
        assertThat(room.vmms.alive()).hasSize(51);
    }
}
