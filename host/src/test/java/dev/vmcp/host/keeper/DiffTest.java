package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Base;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots of what changed, and what they stand on.
class DiffTest {

    @TempDir Path directory;
    KeeperRoom room;
    VmKeeper vm;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
        vm = room.in("a", Phase.Running.class);
    }

    private static Outcome<Reply> save(VmKeeper vm, String id, boolean diff) {
        return KeeperRoom.await(vm, new Wish.Save(id, diff));
    }

    private static Outcome<Reply> restore(VmKeeper vm, String id) {
        return KeeperRoom.await(vm, new Wish.Restore(id));
    }

    private SnapshotStore store() {
        return room.keepers().snapshots();
    }

    private VmKeeper found() {
        return room.keepers().find(new VmId("a")).orElseThrow();
    }

    private static String message(Outcome<?> outcome) {
        return ((Outcome.Refused<?>) outcome).problem().message();
    }

    private Base base(String id) {
        return store().find(id).orElseThrow().base();
    }

    private Base named(String id) {
        return store().find(id).orElseThrow().asBase();
    }

    @Test
    void aVmGoesOnFromADiffAndAllThatItStandsOn() {
        var launch = room.launch(vm);
        done(save(vm, "s", false));
        done(save(vm, "d1", true));
        done(save(vm, "d2", true));
        assertThat(base("s")).isEqualTo(Base.NONE);
        assertThat(base("d1")).isEqualTo(named("s"));
        assertThat(base("d2")).isEqualTo(named("d1"));
        done(force(vm, Verb.SHUTDOWN));
        done(restore(vm, "d2"));
        assertThat(room.vmm(vm).devices().restored)
                .isEqualTo("DIFF of %1$s on DIFF of %1$s on FULL of %1$s".formatted(launch));
        assertThat(phase(vm).word()).isEqualTo("Running");
    }

    @Test
    void aDiffStandsOnWhatTheGuestWasRestoredFrom() {
        done(save(vm, "s", false));
        done(save(vm, "d1", true));
        done(force(vm, Verb.SHUTDOWN));
        done(restore(vm, "s"));
        done(save(vm, "d2", true));
        assertThat(base("d2")).isEqualTo(named("s"));
    }

    @Test
    void aDiffWithoutAWholeOneOfTheSameRunIsRefused() {
        var refused = save(vm, "d", true);
        assertThat(code(refused)).isEqualTo("NOT_NOW");
        assertThat(message(refused)).contains("take a full one first");
        done(save(vm, "s", false));
        done(force(vm, Verb.SHUTDOWN));
        done(force(vm, Verb.BOOT));
        assertThat(code(save(vm, "d", true))).isEqualTo("NOT_NOW");
        assertThat(Layout.names(room.layout.snapshots())).containsExactly("s");
    }

    @Test
    void whatADiffStandsOnIsNotDeleted() {
        done(save(vm, "s", false));
        done(save(vm, "d1", true));
        done(save(vm, "d2", true));
        var refused = store().delete("s");
        assertThat(code(refused)).isEqualTo("NOT_NOW");
        assertThat(message(refused)).endsWith("delete them first: d1");
        assertThat(code(store().delete("d1"))).isEqualTo("NOT_NOW");
        done(store().delete("d2"));
        done(store().delete("d1"));
        done(store().delete("s"));
        assertThat(Layout.names(room.layout.snapshots())).isEmpty();
    }

    @Test
    void aDiffOfWhatIsGoneIsRefusedAlsoWhenAnotherHasItsName() {
        done(save(vm, "s", false));
        done(store().delete("s"));
        assertThat(message(save(vm, "d", true))).contains("snapshot s, which").contains("is gone");
        done(save(room.in("b", Phase.Running.class), "s", false));
        assertThat(message(save(vm, "d", true))).contains("snapshot s, which").contains("is gone");
    }

    @Test
    void aDiffOfAnEarlierReleaseIsRefusedByItsName() throws Exception {
        done(save(vm, "s", false));
        done(save(vm, "d", true));
        done(force(vm, Verb.SHUTDOWN));
        var manifest = store().state("d").resolveSibling("snapshot.json");
        var text = Files.readString(manifest);
        var old = text.replaceAll("\"base(_created)?\":\"[^\"]*\",?", "").replace(",}", "}");
        assertThat(old).isNotEqualTo(text);
        Files.writeString(manifest, old);
        assertThat(message(restore(vm, "d"))).contains("d is a diff of an earlier release");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
    }

    @Test
    void aDiffWhoseBaseIsMissingIsRefused() throws Exception {
        done(save(vm, "s", false));
        done(save(vm, "d", true));
        done(force(vm, Verb.SHUTDOWN));
        Layout.remove(room.layout.snapshots().resolve("s"));
        var refused = restore(vm, "d");
        assertThat(code(refused)).isEqualTo("NOT_NOW");
        assertThat(message(refused)).contains("snapshot s, which it stands on, is gone");
        assertThat(phase(vm).word()).isEqualTo("Stopped");
    }

    @Test
    void whatDiffsStandOnIsKnownAfterARestart() throws Exception {
        done(save(vm, "s", false));
        var _ = room.restart();
        KeeperRoom.awaitPhase(found(), "Running");
        done(save(found(), "d", true));
        assertThat(base("d")).isEqualTo(named("s"));
    }

    /// The VMM may have written it, and counts changes from there; it is gone.
    @Test
    void noDiffStandsOnASnapshotThatWasLost() throws Exception {
        done(save(vm, "s", false));
        var _ = room.script("a").on(Act.SAVE, Mood.REFUSES);
        assertThat(code(save(vm, "d", true))).isEqualTo("BACKEND_REFUSED");
        var _ = room.script("a").on(Act.SAVE, Mood.FINE);
        assertThat(message(save(vm, "d", true))).contains("take a full one first");
    }

    @Test
    void noDiffStandsOnASnapshotThatWeDiedIn() throws Exception {
        done(save(vm, "s", false));
        var record = vm.view().record();
        var run = record.run().since(Base.NONE);
        var saving = new Pending.Saving("t", true);
        var _ = room.journal.put(record.with(saving, run, record.modified())).join();
        var _ = room.restart();
        Eventually.holds("concluded", () -> found().view().record().pending().nothing());
        assertThat(message(save(found(), "d", true))).contains("take a full one first");
        assertThat(store().find("s")).isPresent();
    }
}
