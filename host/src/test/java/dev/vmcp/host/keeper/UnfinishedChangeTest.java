package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.Exit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Changes that something cuts short: a VMM that says nothing or dies, a crash of ours, force.
final class UnfinishedChangeTest extends ChangeCase {

    @Test
    void aChangeWithoutAnAnswerIsConcludedLater() throws Exception {
        var vm = running("a");
        var _ = room.script("a").on(Act.PLUG, Mood.DEAF).on(Act.UNPLUG, Mood.DEAF);
        assertThat(code(alter(vm, new Change.AttachDisk(disk("data", "data.img")))))
                .isEqualTo("BACKEND_GONE");
        assertThat(pending(vm).nothing()).isFalse();
        var b = running("b");
        assertThat(code(alter(b, new Change.AttachDisk(disk("data", "data.img")))))
                .isEqualTo("NOT_NOW");
        var _ = room.script("a").on(Act.PLUG, Mood.FINE).on(Act.UNPLUG, Mood.FINE);
        vm.tend();
        Eventually.holds("it is concluded", () -> pending(vm).nothing());
        assertThat(spec(vm).disks()).hasSize(1);
        assertThat(devices(vm).disks).containsOnlyKeys("data");
    }

    private void leave(VmKeeper vm, Change change) {
        var record = vm.view().record();
        var changed = record.with(record.spec(), new Pending.Changing(change), record.modified());
        var _ = room.journal.put(changed).join();
    }

    @Test
    void aChangeThatWeDiedInIsFinished() throws Exception {
        running("a");
        for (var change :
                List.of(
                        BIGGER,
                        new Change.AttachDisk(disk("data", "data.img")),
                        new Change.AttachNic(NIC),
                        new Change.AttachDisk(disk("data", "other")),
                        new Change.DetachDisk("data"),
                        new Change.DetachNic("eth0"))) {
            var before = spec(found("a"));
            leave(found("a"), change);
            var _ = room.restart();
            var after = found("a");
            Eventually.holds("concluded: " + change, () -> pending(after).nothing());
            assertThat(Outcome.done(spec(after))).isEqualTo(change.on(before));
        }
        assertThat(devices(found("a")).memory).isEqualTo(2 * MEMORY);
        assertThat(devices(found("a")).disks).isEmpty();
        room.leavesNothing(found("a"));
        room.isEmpty();
    }

    @Test
    void aChangeThatWeDiedInIsUndoneWhereTheVmmRefusesIt() throws Exception {
        var vm = running("a");
        var before = spec(vm);
        devices(vm).disks.put("data", disk("data", "data.img"));
        leave(vm, new Change.AttachDisk(disk("data", "data.img")));
        var _ = room.script("a").on(Act.PLUG, Mood.REFUSES);
        var _ = room.restart();
        Eventually.holds("undone", () -> pending(found("a")).nothing());
        assertThat(spec(found("a"))).isEqualTo(before);
        assertThat(devices(found("a")).disks).isEmpty();
    }

    @Test
    void aChangeOfAVmThatEndedMeanwhileIsForgotten() throws Exception {
        var vm = running("a");
        var before = spec(vm);
        leave(vm, BIGGER);
        var vmm = room.vmm(vm);
        room.die();
        vmm.end(new Exit.Code(0));
        var _ = room.restart();
        KeeperRoom.awaitPhase(found("a"), "Failed");
        assertThat(pending(found("a")).nothing()).isTrue();
        assertThat(spec(found("a"))).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = Act.class,
            names = {"PLUG", "RESIZE"})
    void aVmmThatDiesOfAChangeFailsItsVm(Act act) throws Exception {
        var vm = running("a");
        var _ = room.script("a").on(act, Mood.DIES);
        var change = act == Act.PLUG ? new Change.AttachDisk(disk("data", "data.img")) : BIGGER;
        assertThat(code(alter(vm, change))).isEqualTo("BACKEND_GONE");
        KeeperRoom.awaitPhase(vm, "Failed");
        assertThat(pending(vm).nothing()).isTrue();
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void forceEndsAChangeThatHangs() throws Exception {
        var vm = running("a");
        var _ = room.script("a").on(Act.PLUG, Mood.DEAF);
        var answer = vm.ask(new Wish.Alter(new Change.AttachDisk(disk("data", "data.img"))));
        KeeperRoom.awaitEntered(room.script("a"), Act.PLUG);
        assertThat(code(force(vm, Verb.SHUTDOWN))).isEqualTo("OK");
        assertThat(code(answer.join())).isEqualTo("OVERTAKEN");
        assertThat(pending(vm).nothing()).isTrue();
        assertThat(spec(vm).disks()).isEmpty();
        room.isEmpty();
    }
}
