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
import dev.vmcp.core.vm.VmId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Creating VMs: once each, with what the host has.
class CreateTest {

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

    @Test
    void theSameOrderAgainAnswersWithTheVmAsItIs() {
        var vm = room.in("a", Phase.Running.class);
        assertThat(done(room.keepers().create(room.order("a", room.spec())))).isSameAs(vm);
        assertThat(room.journal.phases(vm.view().record().id()))
                .containsExactly("Created", "Booting", "Running");
    }

    @Test
    void anotherOrderForATakenIdIsRefused() {
        var a = room.create("a");
        var other = room.order("a", room.spec(KeeperRoom.MEMORY / 2, List.of()));
        assertThat(code(room.keepers().create(other))).isEqualTo("VM_EXISTS");
        var backend = new Keepers.Order(other.id(), room.spec(), "other", "a test");
        assertThat(code(room.keepers().create(backend))).isEqualTo("VM_EXISTS");
        assertThat(room.keepers().all()).containsExactly(a);
    }

    @Test
    void racingCreatesOfOneIdMakeOneVm() {
        var all =
                IntStream.range(0, 200)
                        .mapToObj(
                                _ -> CompletableFuture.supplyAsync(() -> room.create("a"), VIRTUAL))
                        .toList();
        var vms = all.stream().map(one -> one.orTimeout(20, TimeUnit.SECONDS).join()).distinct();
        assertThat(vms).hasSize(1);
        assertThat(room.keepers().count()).isEqualTo(1);
        assertThat(room.journal.phases(new VmId("a"))).containsExactly("Created");
        assertThat(room.create("b").view().record().slot()).isEqualTo(1);
    }

    @Test
    void racingCreatesAndDeletesOfOneIdLeaveNothingHalf() {
        var all =
                IntStream.range(0, 200)
                        .mapToObj(i ->
                                CompletableFuture.supplyAsync(() -> createOrDelete(i), VIRTUAL))
                        .toList();
        var codes = all.stream().map(one -> one.orTimeout(20, TimeUnit.SECONDS).join()).distinct();
        assertThat(codes).isSubsetOf("OK", "VM_NOT_FOUND", "WRONG_PHASE");
        room.keepers().all().forEach(room::leavesNothing);
        assertThat(room.keepers().count()).isZero();
        assertThat(room.journal.load()).isEmpty();
        assertThat(room.create("z").view().record().slot()).isZero();
    }

    private String createOrDelete(int i) {
        if (i % 2 == 0) {
            return code(room.keepers().create(room.order("a", room.spec())));
        }
        return room.keepers()
                .find(new VmId("a"))
                .map(vm -> code(force(vm, Verb.DELETE)))
                .orElse("VM_NOT_FOUND");
    }

    @Test
    void aSlotIsGivenAgainOnceItsVmIsGone() {
        var a = room.create("a");
        var b = room.create("b");
        var c = room.create("c");
        assertThat(code(ask(b, Verb.DELETE))).isEqualTo("OK");
        var d = room.create("d");
        var e = room.create("e");
        assertThat(List.of(a, c, d, e))
                .extracting(vm -> vm.view().record().slot())
                .containsExactly(0, 2, 1, 3);
    }

    @Test
    void aHostThatIsFullSaysHowMuchIsLeft() {
        for (var id : List.of("a", "b", "c", "d")) {
            assertThat(code(ask(room.create(id), Verb.BOOT))).isEqualTo("OK");
        }
        var vm = room.create("e");
        assertThat(ask(vm, Verb.BOOT))
                .isEqualTo(
                        Outcome.refused(
                                new Problem.HostFull("memory (bytes)", KeeperRoom.MEMORY, 0)));
        assertThat(phase(vm).word()).isEqualTo("Created");
        var a = room.keepers().all().iterator().next();
        assertThat(code(ask(a, Verb.SHUTDOWN))).isEqualTo("OK");
        assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("OK");
    }

    @Test
    void aDiskThatIsWrittenByAnotherVmIsRefused() {
        var disks = List.of(room.disk());
        var a = room.create("a", room.spec(KeeperRoom.MEMORY, disks));
        var b = room.create("b", room.spec(4 * KeeperRoom.MEMORY, disks));
        var c = room.create("c", room.spec(KeeperRoom.MEMORY, disks));
        assertThat(code(ask(a, Verb.BOOT))).isEqualTo("OK");
        assertThat(code(ask(b, Verb.BOOT))).isEqualTo("HOST_FULL");
        var outcome = ask(c, Verb.BOOT);
        assertThat(code(outcome)).isEqualTo("NOT_NOW");
        assertThat(((Outcome.Refused<Reply>) outcome).problem().message())
                .contains("is written by VM a");
        assertThat(code(ask(a, Verb.SHUTDOWN))).isEqualTo("OK");
        assertThat(code(ask(b, Verb.BOOT))).as("nothing stayed claimed").isEqualTo("OK");
    }

    @Test
    void aFileThatIsGoneByTheBootIsNamed() throws Exception {
        var vm = room.create("a");
        Files.delete(directory.resolve("kernel"));
        var outcome = ask(vm, Verb.BOOT);
        assertThat(code(outcome)).isEqualTo("NOT_NOW");
        assertThat(((Outcome.Refused<Reply>) outcome).problem().message())
                .contains("config.boot.kernel_path")
                .contains("does not exist");
        assertThat(phase(vm).word()).isEqualTo("Created");
        room.isEmpty();
    }

    @Test
    void listsAreOldestFirst() {
        var all =
                IntStream.range(0, 20)
                        .mapToObj(i -> room.create("v" + 97 * i % 20))
                        .sorted(Comparator.comparing(CreateTest::place))
                        .toList();
        assertThat(room.keepers().all()).containsExactlyElementsOf(all);
        assertThat(room.keepers().after(place(all.get(12))))
                .containsExactlyElementsOf(all.subList(13, 20));
    }

    private static Keepers.Place place(VmKeeper vm) {
        var record = vm.view().record();
        return new Keepers.Place(record.created(), record.id());
    }

    @Test
    void stoppingAllGuestsStopsPausedOnesToo() {
        var running = room.in("a", Phase.Running.class);
        var paused = room.in("b", Phase.Paused.class);
        var created = room.create("c");
        for (var one : room.keepers().stopGuests()) {
            assertThat(code(one.orTimeout(20, TimeUnit.SECONDS).join())).isEqualTo("OK");
        }
        assertThat(List.of(running, paused, created))
                .extracting(vm -> phase(vm).word())
                .containsExactly("Stopped", "Stopped", "Created");
        room.isEmpty();
    }

    @Test
    void aReleasedVmRunsOnAndTakesNoCalls() {
        var vm = room.in("a", Phase.Running.class);
        room.keepers().release();
        assertThat(room.keepers().feed().closed()).isTrue();
        for (var ask : List.of(Ask.forced(Verb.SHUTDOWN), Ask.of(Verb.PAUSE))) {
            assertThat(code(KeeperRoom.await(vm, ask))).isEqualTo("NOT_NOW");
        }
        assertThat(room.vmms.alive()).hasSize(1);
        assertThat(phase(vm).word()).isEqualTo("Running");
    }
}
