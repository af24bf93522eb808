package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.awaitPhase;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.Exit;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A journal that cannot be written: the answer says so, nothing leaks, and what was seen is made
/// up for.
class JournalFailureTest {

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private void refuse(String word) {
        room.journal.refuse(phase -> phase.word().equals(word));
    }

    private void allow() {
        room.journal.refuse(_ -> false);
    }

    private static void saysSo(Outcome<?> outcome) {
        assertThat(code(outcome)).isEqualTo("NOT_NOW");
        assertThat(((Outcome.Refused<?>) outcome).problem().message())
                .contains("the journal cannot be written: disk is full");
    }

    private void same(VmKeeper vm) {
        assertThat(room.journal.load())
                .singleElement()
                .satisfies(record -> assertThat(record.phase()).isEqualTo(phase(vm)));
    }

    @Test
    void aCreateThatIsNotWrittenIsNotThere() {
        refuse("Created");
        saysSo(room.keepers().create(room.order("a", room.spec())));
        assertThat(room.keepers().count()).isZero();
        allow();
        assertThat(room.create("a").view().record().slot()).isZero();
    }

    @Test
    void aBootThatIsNotPlannedStartsNothing() {
        var vm = room.create("a");
        refuse("Booting");
        saysSo(ask(vm, Verb.BOOT));
        assertThat(phase(vm).word()).isEqualTo("Created");
        room.isEmpty();
        allow();
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
    }

    @Test
    void aBootThatIsNotRecordedIsMadeUpForByTheNextCall() {
        var vm = room.create("a");
        refuse("Running");
        saysSo(ask(vm, Verb.BOOT));
        assertThat(phase(vm).word()).isEqualTo("Booting");
        saysSo(ask(vm, Verb.PAUSE));
        allow();
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
        assertThat(phase(vm).word()).isEqualTo("Running");
        same(vm);
        assertThat(room.script("a").entered(Act.BOOT)).as("booted once").isEqualTo(1);
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void aBootThatIsNotRecordedIsAdoptedByTheNextLife() throws Exception {
        var vm = room.create("a");
        refuse("Running");
        saysSo(ask(vm, Verb.BOOT));
        allow();
        var _ = room.restart();
        var again = room.keepers().find(vm.view().record().id()).orElseThrow();
        awaitPhase(again, "Running");
        assertThat(room.vmms.alive()).hasSize(1);
    }

    @Test
    void aChangeThatWasWrittenThoughItsCommitFailedIsTakenBackByTheNextCommit() {
        var vm = room.create("a");
        var before = vm.view().record().spec();
        room.journal.denyWhatIsWritten(true);
        saysSo(KeeperRoom.await(vm, new Wish.Alter(new Change.Resize(2, 0))));
        room.journal.denyWhatIsWritten(false);
        assertThat(room.journal.load().getFirst().spec()).isNotEqualTo(before);

        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");

        assertThat(room.journal.load().getFirst().spec()).isEqualTo(before);
        assertThat(vm.view().record().spec()).isEqualTo(before);
    }

    @Test
    void aFailedBootThatIsNotRecordedLeavesNothing() {
        var vm = room.create("a");
        var _ = room.script("a").on(Act.BOOT, Mood.REFUSES);
        refuse("Failed");
        saysSo(ask(vm, Verb.BOOT));
        room.isEmpty();
        allow();
        assertThat(code(ask(vm, Verb.SHUTDOWN))).isEqualTo("OK");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
        same(vm);
    }

    @Test
    void aPauseThatIsNotRecordedIsNotForgotten() {
        var vm = room.in("a", Phase.Running.class);
        refuse("Paused");
        saysSo(ask(vm, Verb.PAUSE));
        saysSo(ask(vm, Verb.RESUME));
        allow();
        assertThat(code(ask(vm, Verb.RESUME))).isEqualTo("OK");
        assertThat(room.vmm(vm).guest()).isEqualTo(GuestState.RUNNING);
        assertThat(room.journal.phases(vm.view().record().id())).endsWith("Paused", "Running");
    }

    @Test
    void aResumeThatIsNotRecordedIsNotForgotten() {
        var vm = room.in("a", Phase.Paused.class);
        refuse("Running");
        saysSo(ask(vm, Verb.RESUME));
        allow();
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OK");
        assertThat(room.vmm(vm).guest()).isEqualTo(GuestState.PAUSED);
        same(vm);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aShutdownThatIsNotPlannedLeavesTheGuestAlone(boolean force) {
        var vm = room.in("a", Phase.Running.class);
        refuse("Stopping");
        saysSo(KeeperRoom.await(vm, new Ask(Verb.SHUTDOWN, force, Duration.ofSeconds(5))));
        saysSo(ask(vm, Verb.REBOOT));
        assertThat(room.vmm(vm).guest()).isEqualTo(GuestState.RUNNING);
        assertThat(phase(vm).word()).isEqualTo("Running");
    }

    @Test
    void anEndThatIsNotRecordedIsMadeUpForByItself() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        refuse("Stopped");
        saysSo(ask(vm, Verb.SHUTDOWN));
        room.isEmpty();
        saysSo(ask(vm, Verb.BOOT));
        allow();
        Eventually.holds(
                "it is recorded",
                () -> {
                    vm.tend();
                    return phase(vm).word().equals("Stopped");
                });
        assertThat(vm.view().reason()).isEqualTo("graceful");
        same(vm);
    }

    @ParameterizedTest
    @EnumSource(Verb.class)
    void aDeathThatIsNotRecordedIsMadeUpForByAnyVerb(Verb verb) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        refuse("Failed");
        room.vmm(vm).end(new Exit.Signal(9));
        Eventually.holds("it says so", () -> vm.view().remark().contains("disk is full"));
        saysSo(ask(vm, verb));
        allow();
        var expected =
                switch (verb) {
                    case BOOT, SHUTDOWN, DELETE -> "OK";
                    case PAUSE, RESUME, REBOOT -> "WRONG_PHASE";
                };
        assertThat(code(ask(vm, verb))).isEqualTo(expected);
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void aRestartThatIsNotRecordedIsMadeUpFor() {
        var vm = room.in("a", Phase.Running.class);
        refuse("Running");
        saysSo(ask(vm, Verb.REBOOT));
        allow();
        assertThat(code(ask(vm, Verb.PAUSE))).isEqualTo("OK");
        assertThat(room.journal.phases(vm.view().record().id()))
                .endsWith("Stopping", "Running", "Paused");
    }

    @Test
    void aDeleteThatIsNotPlannedTouchesNothing() {
        var vm = room.in("a", Phase.Running.class);
        refuse("Deleting");
        saysSo(force(vm, Verb.DELETE));
        assertThat(phase(vm).word()).isEqualTo("Running");
        assertThat(room.vmms.alive()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeleteThatIsNotWrittenIsFinishedLater(boolean again) {
        var vm = room.in("a", Phase.Running.class);
        room.journal.refuseRemovals(true);
        saysSo(force(vm, Verb.DELETE));
        room.isEmpty();
        assertThat(phase(vm).word()).isEqualTo("Deleting");
        saysSo(ask(vm, Verb.BOOT));
        assertThat(code(room.keepers().create(room.order("a", room.spec()))))
                .isEqualTo("WRONG_PHASE");
        room.journal.refuseRemovals(false);
        if (again) {
            assertThat(code(ask(vm, Verb.DELETE))).isEqualTo("OK");
        } else {
            assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("VM_NOT_FOUND");
        }
        assertThat(room.keepers().count()).isZero();
        assertThat(room.journal.load()).isEmpty();
        assertThat(room.create("a").view().record().slot()).isZero();
    }

    @Test
    void forceEndsABootWhoseEndWasNotRecorded() throws Exception {
        var vm = room.create("a");
        refuse("Running");
        saysSo(ask(vm, Verb.BOOT));
        room.journal.refuse(_ -> true);
        room.vmms.alive().getFirst().end(new Exit.Signal(9));
        Eventually.holds("nothing is left", () -> Layout.names(room.layout.launches()).isEmpty());
        allow();
        assertThat(code(force(vm, Verb.SHUTDOWN))).isEqualTo("OK");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
        room.leavesNothing(vm);
        room.isEmpty();
    }
}
