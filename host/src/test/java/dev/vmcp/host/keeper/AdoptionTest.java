package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static dev.vmcp.host.keeper.KeeperRoom.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a host that has just started says of VMs that it has not verified yet, and does with them.
class AdoptionTest {

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private VmKeeper found(String id) {
        return room.keepers().find(new VmId(id)).orElseThrow();
    }

    @Test
    void aVmIsShownWithTheAgeOfItsRecordUntilItIsVerified() throws Exception {
        var before = room.in("a", Phase.Running.class);
        var recorded = before.view().record().modified();
        var _ = room.read();
        var vm = found("a");
        assertThat(vm.view().observedAt()).isEqualTo(recorded);
        assertThat(vm.view().remark()).contains("not yet verified");
        assertThat(vm.view().pid()).isEqualTo(before.view().pid());
        assertThat(phase(vm)).isEqualTo(phase(before));
        new Adoption(room.keepers()).start();
        Eventually.holds("it is verified", () -> vm.view().remark().isEmpty());
        assertThat(vm.view().observedAt()).isAfter(recorded);
        assertThat(vm.view().version()).isEqualTo(before.view().version()).isNotEmpty();
    }

    @Test
    void aVmAtRestNeedsNoVerifying() {
        var _ = room.in("a", Phase.Stopped.class);
        var _ = room.read();
        assertThat(found("a").view().remark()).isEmpty();
        assertThat(found("a").left()).isFalse();
    }

    @Test
    void aCallVerifiesItsVmFirst() throws Exception {
        var _ = room.in("a", Phase.Running.class);
        var _ = room.read();
        assertThat(code(ask(found("a"), Verb.PAUSE))).isEqualTo("OK");
        assertThat(found("a").view().remark()).isEmpty();
        assertThat(phase(found("a"))).isInstanceOf(Phase.Paused.class);
    }

    @Test
    void inputVerifiesItsVmFirst() throws Exception {
        var _ = room.in("a", Phase.Running.class);
        var _ = room.read();
        assertThat(found("a").left()).isTrue();
        assertThat(found("a").send(new byte[3], Deadline.in(Duration.ofSeconds(10)))).isEqualTo(3);
        assertThat(found("a").view().remark()).isEmpty();
    }

    @Test
    void nobodyGetsTheDiskOrTheMemoryOfAVmThatIsNotVerifiedYet() {
        var first = room.create("first", room.spec(3 * KeeperRoom.MEMORY, List.of(room.disk())));
        done(ask(first, Verb.BOOT));
        var _ = room.create("second", room.spec(1 << 20, List.of(room.disk())));
        var _ = room.create("third", room.spec(2 * KeeperRoom.MEMORY, List.of()));
        var _ = room.read();
        assertThat(code(ask(found("second"), Verb.BOOT))).isEqualTo("NOT_NOW");
        assertThat(code(ask(found("third"), Verb.BOOT))).isEqualTo("HOST_FULL");
        done(force(found("first"), Verb.SHUTDOWN));
        assertThat(code(ask(found("second"), Verb.BOOT))).isEqualTo("OK");
        assertThat(code(ask(found("third"), Verb.BOOT))).isEqualTo("OK");
    }

    @Test
    void vmmsThatDoNotAnswerLeaveRoomForOthers() throws Exception {
        for (int i = 0; i < 80; i++) {
            var vm = room.create("v" + i, room.spec(1 << 20, List.of()));
            done(ask(vm, Verb.BOOT));
            if (i % 2 == 0) {
                var _ = room.script("v" + i).on(Act.ADOPT, Mood.DEAF);
            }
        }
        var _ = room.restart();
        for (int i = 0; i < 80; i++) {
            var vm = found("v" + i);
            var said = i % 2 == 0 ? "the VMM's process runs but does not answer" : "";
            Eventually.holds(
                    vm.view().record().id() + " was looked at",
                    () ->
                            vm.view().remark().startsWith(said)
                                    && !vm.view().remark().contains("not yet verified"));
        }
    }
}
