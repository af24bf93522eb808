package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Guests that are saved, and VMs that go on from there.
class SnapshotTest {

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private static Outcome<Reply> save(VmKeeper vm, String id) {
        return KeeperRoom.await(vm, new Wish.Save(id, false));
    }

    private static Outcome<Reply> restore(VmKeeper vm, String id) {
        return KeeperRoom.await(vm, new Wish.Restore(id));
    }

    private SnapshotStore store() {
        return room.keepers().snapshots();
    }

    private static String message(Outcome<?> outcome) {
        return ((Outcome.Refused<?>) outcome).problem().message();
    }

    private VmKeeper found() {
        return room.keepers().find(new VmId("a")).orElseThrow();
    }

    private void nothingIsStaged() {
        assertThat(Layout.names(room.layout.snapshots())).noneMatch(name -> name.startsWith("."));
    }

    @ParameterizedTest
    @ValueSource(classes = {Phase.Running.class, Phase.Paused.class})
    void aGuestIsSavedAndGoesOnAsBefore(Class<? extends Phase> in) throws Exception {
        var vm = room.in("a", in);
        var before = phase(vm);
        assertThat(done(save(vm, "s")).outcome()).isEqualTo("s");
        assertThat(phase(vm)).isEqualTo(before);
        assertThat(room.vmm(vm).guest().name())
                .isEqualTo(before.word().toUpperCase(java.util.Locale.ROOT));
        assertThat(vm.view().record().pending().nothing()).isTrue();
        var snapshot = store().find("s").orElseThrow();
        assertThat(store().all()).containsExactly(Saved.of(snapshot));
        assertThat(snapshot.vm()).isEqualTo(new VmId("a"));
        assertThat(snapshot.spec()).isEqualTo(vm.view().record().spec());
        assertThat(snapshot.version()).isEqualTo("1.0");
        assertThat(snapshot.size())
                .isEqualTo(Files.size(store().state("s").resolve("memory")))
                .isPositive();
        nothingIsStaged();
    }

    @Test
    void aSnapshotWithoutANameGetsOne() {
        var vm = room.in("a", Phase.Running.class);
        var id = done(save(vm, "")).outcome();
        assertThat(id).matches("snap-[0-9a-f]{12}");
        assertThat(store().all()).extracting(Saved::id).containsExactly(id);
    }

    @Test
    void aNameIsTakenOnce() {
        var vm = room.in("a", Phase.Running.class);
        done(save(vm, "s"));
        assertThat(code(save(vm, "s"))).isEqualTo("SNAPSHOT_EXISTS");
        assertThat(code(save(vm, "../s"))).isEqualTo("INVALID_INPUT");
        assertThat(code(save(vm, ".s"))).isEqualTo("INVALID_INPUT");
        assertThat(room.vmm(vm).guest()).isEqualTo(GuestState.RUNNING);
        nothingIsStaged();
    }

    @ParameterizedTest
    @ValueSource(classes = {Phase.Created.class, Phase.Stopped.class, Phase.Failed.class})
    void aVmThatIsDownHasNothingToSave(Class<? extends Phase> in) {
        assertThat(code(save(room.in("a", in), "s"))).isEqualTo("WRONG_PHASE");
    }

    @Test
    void aVmGoesOnWhereItWasSavedAlsoAfterItsDelete() {
        var vm = room.in("a", Phase.Running.class);
        var saved = room.launch(vm);
        done(save(vm, "s"));
        assertThat(code(restore(vm, "s"))).isEqualTo("WRONG_PHASE");
        done(force(vm, Verb.SHUTDOWN));
        done(restore(vm, "s"));
        assertThat(phase(vm).word()).isEqualTo("Running");
        assertThat(room.vmm(vm).devices().restored).isEqualTo("FULL of " + saved);
        done(force(vm, Verb.DELETE));
        assertThat(store().find("s")).isPresent();
        var next = room.create("a");
        done(restore(next, "s"));
        assertThat(room.vmm(next).devices().restored).isEqualTo("FULL of " + saved);
        room.leavesNothing(next);
        room.isEmpty();
    }

    @Test
    void anotherSpecIsRefusedWithWhatDiffers() {
        var vm = room.in("a", Phase.Running.class);
        done(save(vm, "s"));
        done(force(vm, Verb.SHUTDOWN));
        done(KeeperRoom.await(vm, new Wish.Alter(new Change.Resize(2, 0))));
        var refused = restore(vm, "s");
        assertThat(code(refused)).isEqualTo("INVALID_INPUT");
        assertThat(message(refused)).startsWith("config.cpu: ").doesNotContain("config.memory");
        assertThat(code(restore(vm, "absent"))).isEqualTo("SNAPSHOT_NOT_FOUND");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
    }

    @Test
    void aBackendThatCannotSaysSo() {
        var vm = room.in("a", Phase.Running.class);
        done(save(vm, "s"));
        room.vmms.lacks(CapabilityName.SNAPSHOT_FULL, CapabilityName.RESTORE);
        assertThat(code(save(vm, "t"))).isEqualTo("UNSUPPORTED");
        done(force(vm, Verb.SHUTDOWN));
        assertThat(code(restore(vm, "s"))).isEqualTo("UNSUPPORTED");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"REFUSES", "DIES"})
    void aSnapshotThatFailsLeavesNothing(Mood mood) throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.SAVE, mood);
        assertThat(code(save(vm, "s"))).isIn("BACKEND_REFUSED", "BACKEND_GONE");
        assertThat(Layout.names(room.layout.snapshots())).isEmpty();
        if (mood == Mood.REFUSES) {
            assertThat(room.vmm(vm).guest()).isEqualTo(GuestState.RUNNING);
            assertThat(phase(vm).word()).isEqualTo("Running");
        } else {
            KeeperRoom.awaitPhase(vm, "Failed");
        }
        assertThat(vm.view().record().pending().nothing()).isTrue();
    }

    @Test
    void aRestoreOfDamagedFilesFailsItsVm() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        done(save(vm, "s"));
        done(force(vm, Verb.SHUTDOWN));
        Files.delete(store().state("s").resolve("memory"));
        assertThat(code(restore(vm, "s"))).isEqualTo("NOT_NOW");
        assertThat(phase(vm).word()).isEqualTo("Failed");
        room.isEmpty();
    }

    @Test
    void forceEndsASnapshotThatHangs() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.SAVE, Mood.DEAF);
        var answer = vm.ask(new Wish.Save("s", false));
        KeeperRoom.awaitEntered(room.script("a"), Act.SAVE);
        assertThat(code(force(vm, Verb.DELETE))).isEqualTo("OK");
        assertThat(code(answer.join())).isEqualTo("OVERTAKEN");
        assertThat(Layout.names(room.layout.snapshots())).isEmpty();
        room.isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGuestThatWasPausedForASnapshotThatWeDiedInRunsOn(boolean ran) throws Exception {
        var vm = room.in("a", ran ? Phase.Running.class : Phase.Paused.class);
        room.vmm(vm).guest(GuestState.PAUSED);
        var staged = store().stage("s", 0);
        Files.writeString(staged.resolve("memory"), "half");
        var record = vm.view().record();
        var _ =
                room.journal
                        .put(
                                record.with(
                                        record.spec(),
                                        new Pending.Saving("s", ran),
                                        record.modified()))
                        .join();
        var _ = room.restart();
        Eventually.holds("concluded", () -> found().view().record().pending().nothing());
        KeeperRoom.awaitPhase(found(), ran ? "Running" : "Paused");
        assertThat(room.vmm(found()).guest())
                .isEqualTo(ran ? GuestState.RUNNING : GuestState.PAUSED);
        assertThat(Layout.names(room.layout.snapshots())).isEmpty();
    }

    @Test
    void aGuestThatCouldNotBeResumedIsLater() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var _ = room.script("a").on(Act.RESUME, Mood.DEAF);
        assertThat(code(save(vm, "s"))).isEqualTo("OK");
        assertThat(vm.view().record().pending().nothing()).isFalse();
        var _ = room.script("a").on(Act.RESUME, Mood.FINE);
        vm.tend();
        Eventually.holds("concluded", () -> vm.view().record().pending().nothing());
        assertThat(room.vmm(vm).guest()).isEqualTo(GuestState.RUNNING);
        assertThat(store().find("s")).isPresent();
    }

    @Test
    void aSnapshotThatIsRemovedIsGone() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        done(save(vm, "s"));
        done(save(vm, "t"));
        assertThat(done(store().delete("s")).id()).isEqualTo("s");
        assertThat(code(store().delete("s"))).isEqualTo("SNAPSHOT_NOT_FOUND");
        assertThat(code(store().delete("../../vms"))).isEqualTo("SNAPSHOT_NOT_FOUND");
        assertThat(Layout.names(room.layout.snapshots())).containsExactly("t");
        Files.createDirectories(room.layout.snapshots().resolve(".u.gone-1").resolve("state"));
        var _ = room.restart();
        assertThat(Layout.names(room.layout.snapshots())).containsExactly("t");
        assertThat(code(ask(found(), Verb.PAUSE))).isEqualTo("OK");
    }
}
