package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.awaitEntered;
import static dev.vmcp.host.keeper.KeeperRoom.awaitPhase;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Exit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How VMs come down: asked, killed, by themselves.
class EndingTest {

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private static final Duration SHORT = Duration.ofMillis(60);

    private Reply shutdown(VmKeeper vm, Duration grace) {
        return done(KeeperRoom.await(vm, new Ask(Verb.SHUTDOWN, false, grace)));
    }

    private static String reason(VmKeeper vm) {
        return vm.view().reason();
    }

    @Test
    void aGuestThatObeysEndsGracefully() {
        var vm = room.in("a", Phase.Running.class);
        assertThat(shutdown(vm, Duration.ofSeconds(10)).outcome()).isEqualTo("graceful");
        assertThat(reason(vm)).isEqualTo("graceful");
        room.isEmpty();
    }

    @Test
    void aVmmThatEndsWithItsGuestEndsGracefully() {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").exitsOnPowerOff(true);
        assertThat(shutdown(vm, Duration.ofSeconds(10)).outcome()).isEqualTo("graceful");
    }

    @Test
    void aGuestWhoseCallerNamedNoTimeGetsThatOfTheHost() throws Exception {
        var quick = KeeperRoom.QUICK;
        var limits = quick.waiting(quick.boot(), quick.command(), SHORT);
        room = new KeeperRoom(directory.resolve("short"), limits);
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").obedient(false);
        assertThat(done(KeeperRoom.await(vm, Ask.of(Verb.SHUTDOWN))).outcome()).isEqualTo("killed");
        room.isEmpty();
    }

    @Test
    void aGuestThatIgnoresTheButtonIsKilledWhenItsTimeIsUp() {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").obedient(false);
        assertThat(shutdown(vm, SHORT).outcome()).isEqualTo("killed");
        room.isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"REFUSES", "DEAF", "LIES", "DIES"})
    void aVmmThatDoesNotPressTheButtonIsKilled(Mood mood) {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.POWER_BUTTON, mood);
        assertThat(shutdown(vm, SHORT).outcome()).isEqualTo("killed");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
        room.isEmpty();
    }

    @Test
    void forceSaysForced() {
        var vm = room.in("a", Phase.Running.class);
        assertThat(done(force(vm, Verb.SHUTDOWN)).outcome()).isEqualTo("forced");
        assertThat(reason(vm)).isEqualTo("forced");
    }

    @Test
    void aGuestThatSwitchesItselfOffStopsItsVm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        room.vmm(vm).powerOff();
        awaitPhase(vm, "Stopped");
        assertThat(reason(vm)).isEqualTo("the guest powered off");
        assertThat(room.journal.phases(vm.view().record().id()))
                .endsWith("Running", "Stopping", "Stopped");
        room.isEmpty();
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
    }

    @Test
    void aGuestThatCrashesFailsItsVm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        room.vmm(vm).crash("panic");
        awaitPhase(vm, "Failed");
        assertThat(reason(vm)).isEqualTo("panic");
        room.isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {Phase.Running.class, Phase.Paused.class})
    void aVmmThatDiesFailsItsVmWithItsLastWords(Class<? extends Phase> from) throws Exception {
        var vm = room.in("a", from);
        var log = room.layout.directory(room.launch(vm)).resolve("vmm.log");
        Files.writeString(log, "starting\nout of luck\n\n");
        room.vmm(vm).end(new Exit.Signal(9));
        awaitPhase(vm, "Failed");
        assertThat(reason(vm)).isEqualTo("the VMM ended unasked (signal 9): out of luck");
        room.isEmpty();
    }

    @Test
    void aVmmThatIsKilledByOthersDuringAShutdownWasNotGraceful() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").obedient(false);
        var answer = vm.ask(Ask.of(Verb.SHUTDOWN));
        awaitEntered(room.script("a"), Act.POWER_BUTTON);
        room.vmm(vm).end(new Exit.Signal(9));
        assertThat(done(answer.get(20, TimeUnit.SECONDS)).outcome()).isEqualTo("killed");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
    }

    @ParameterizedTest
    @EnumSource(
            value = Act.class,
            names = {"PAUSE", "RESET", "START_AGAIN"})
    void aVmmThatDiesInAStepLeavesNoStuckVm(Act act) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(act, Mood.DIES);
        var outcome =
                switch (act) {
                    case PAUSE -> ask(vm, Verb.PAUSE);
                    case RESET -> force(vm, Verb.REBOOT);
                    default -> ask(vm, Verb.REBOOT);
                };
        // A reboot gets its guest in a new VMM; a pause has nothing to pause.
        assertThat(code(outcome)).isEqualTo(act == Act.PAUSE ? "BACKEND_GONE" : "OK");
        awaitPhase(vm, act == Act.PAUSE ? "Failed" : "Running");
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void aRebootWhoseNewStartIsRefusedFailsItsVm() {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.START_AGAIN, Mood.REFUSES).on(Act.BOOT, Mood.REFUSES);
        assertThat(code(ask(vm, Verb.REBOOT))).isEqualTo("BACKEND_REFUSED");
        assertThat(phase(vm).word()).isEqualTo("Failed");
        room.isEmpty();
    }

    @Test
    void aRebootThatFindsItsFilesGoneFailsItsVm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.START_AGAIN, Mood.REFUSES);
        Files.delete(directory.resolve("kernel"));
        assertThat(code(ask(vm, Verb.REBOOT))).isEqualTo("NOT_NOW");
        assertThat(phase(vm).word()).isEqualTo("Failed");
        assertThat(reason(vm)).contains("kernel");
        room.isEmpty();
    }

    @Test
    void aRefusedResetLeavesTheGuestRunning() {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").obedient(false).on(Act.RESET, Mood.REFUSES);
        var reboot = new Ask(Verb.REBOOT, false, SHORT);
        assertThat(code(KeeperRoom.await(vm, reboot))).isEqualTo("BACKEND_REFUSED");
        assertThat(phase(vm).word()).isEqualTo("Running");
        assertThat(room.vmms.alive()).hasSize(1);
        assertThat(code(force(vm, Verb.REBOOT))).isEqualTo("BACKEND_REFUSED");
        assertThat(phase(vm).word()).isEqualTo("Running");
    }

    @Test
    void aProcessThatDoesNotEndIsSaidToAndFollowedUp() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").immortal(true);
        var outcome = force(vm, Verb.SHUTDOWN);
        assertThat(code(outcome)).isEqualTo("BACKEND_GONE");
        assertThat(((Outcome.Refused<Reply>) outcome).problem().message())
                .contains("was killed but does not end");
        room.vmm(vm).end(new Exit.Signal(9));
        awaitPhase(vm, "Stopped");
        room.isEmpty();
    }

    @Test
    void aDeleteOfAProcessThatDoesNotEndCanBeRepeated() {
        var vm = room.in("a", Phase.Running.class);
        var vmm = room.vmm(vm);
        var _ = room.script("a").immortal(true);
        assertThat(code(force(vm, Verb.DELETE))).isEqualTo("BACKEND_GONE");
        assertThat(phase(vm).word()).isEqualTo("Deleting");
        vmm.end(new Exit.Signal(9));
        assertThat(code(ask(vm, Verb.DELETE))).isEqualTo("OK");
        room.leavesNothing(vm);
        room.isEmpty();
    }
}
