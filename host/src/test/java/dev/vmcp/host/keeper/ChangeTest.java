package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.code;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Changes of what VMs have, of those that are down and of those that run.
final class ChangeTest extends ChangeCase {

    @ParameterizedTest
    @ValueSource(classes = {Phase.Created.class, Phase.Stopped.class, Phase.Failed.class})
    void ofAVmThatIsDownTheSpecChanges(Class<? extends Phase> in) throws Exception {
        var vm = room.in("a", in);
        done(alter(vm, BIGGER));
        done(alter(vm, new Change.AttachDisk(disk("data", "data.img"))));
        done(alter(vm, new Change.AttachDisk(disk("data", "other"))));
        done(alter(vm, new Change.AttachNic(NIC)));
        assertThat(spec(vm).cpu().count()).isEqualTo(2);
        assertThat(spec(vm).disks()).containsExactly(disk("data", "other"));
        assertThat(room.journal.load().getFirst().spec()).isEqualTo(spec(vm));
        done(ask(vm, Verb.BOOT));
        assertThat(devices(vm).cpus).isEqualTo(2);
        assertThat(devices(vm).nics).containsOnlyKeys("eth0");
        done(force(vm, Verb.SHUTDOWN));
        done(alter(vm, new Change.DetachNic("eth0")));
        done(alter(vm, new Change.DetachDisk("data")));
        assertThat(spec(vm).disks()).isEmpty();
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void aGuestThatRunsGetsIt() throws Exception {
        var vm = running("a");
        done(alter(vm, BIGGER));
        assertThat(devices(vm).cpus).isEqualTo(2);
        assertThat(devices(vm).memory).isEqualTo(2 * MEMORY);
        done(alter(vm, new Change.AttachDisk(disk("data", "data.img"))));
        done(alter(vm, new Change.AttachDisk(disk("data", "other"))));
        done(alter(vm, new Change.AttachNic(NIC)));
        assertThat(devices(vm).disks).containsValue(disk("data", "other"));
        assertThat(devices(vm).nics).containsOnlyKeys("eth0");
        assertThat(spec(vm).disks()).containsExactly(disk("data", "other"));
        assertThat(pending(vm).nothing()).isTrue();
        done(alter(vm, new Change.DetachDisk("data")));
        done(alter(vm, new Change.DetachNic("eth0")));
        assertThat(devices(vm).disks).isEmpty();
        assertThat(devices(vm).nics).isEmpty();
        assertThat(room.script("a").entered(Act.REPLACE)).isEqualTo(1);
        room.leavesNothing(vm);
        room.isEmpty();
    }

    @Test
    void whatIsSoAlreadyIsDoneWithoutTheVmm() throws Exception {
        var vm = running("a");
        var attach = new Change.AttachDisk(disk("data", "data.img"));
        done(alter(vm, attach));
        done(alter(vm, attach));
        done(alter(vm, new Change.Resize(1, MEMORY)));
        assertThat(room.script("a").entered(Act.PLUG)).isEqualTo(1);
        assertThat(room.script("a").entered(Act.RESIZE)).isZero();
    }

    @Test
    void aDiskThatIsWrittenByAnotherVmIsRefused() throws Exception {
        var a = running("a");
        var b = running("b");
        var attach = new Change.AttachDisk(disk("data", "data.img"));
        done(alter(a, attach));
        var refused = alter(b, attach);
        assertThat(code(refused)).isEqualTo("NOT_NOW");
        assertThat(message(refused)).contains("is written by VM a");
        done(alter(a, new Change.AttachDisk(disk("data", "other"))));
        done(alter(b, attach));
        done(alter(a, new Change.DetachDisk("data")));
        done(alter(b, new Change.AttachDisk(disk("more", "other"))));
    }

    @Test
    void aHostThatIsFullRefusesToGrow() {
        var a = running("a");
        var b = running("b");
        done(alter(a, new Change.Resize(0, 3 * MEMORY)));
        assertThat(code(alter(b, BIGGER))).isEqualTo("HOST_FULL");
        done(alter(a, new Change.Resize(0, MEMORY)));
        done(alter(b, BIGGER));
    }

    @Test
    void whatTheSpecMayNotSayIsRefusedWithTheCallersOwnField() throws Exception {
        var vm = running("a");
        assertThat(message(alter(vm, new Change.Resize(5, 0)))).contains("vcpu_count: 5");
        var absent =
                new VmSpec.Disk(
                        "x", directory.resolve("no").toString(), false, false, "", Map.of());
        assertThat(message(alter(vm, new Change.AttachDisk(absent)))).startsWith("disk.path: ");
        var odd = new VmSpec.Nic("eth0", "nonsense", "tap0", "", Map.of());
        assertThat(message(alter(vm, new Change.AttachNic(odd)))).startsWith("nic.mac_address: ");
        assertThat(code(alter(vm, new Change.DetachDisk("x")))).isEqualTo("DISK_NOT_FOUND");
        Files.delete(directory.resolve("kernel"));
        done(alter(vm, BIGGER));
    }

    @Test
    void whatTheBackendCannotIsRefusedBeforeAnythingIsTouched() throws Exception {
        var vm = running("a");
        done(alter(vm, new Change.AttachDisk(disk("data", "data.img"))));
        room.vmms.lacks(
                CapabilityName.RESIZE_VCPUS,
                CapabilityName.HOTPLUG_NIC,
                CapabilityName.UNPLUG_DISK,
                CapabilityName.REPLACE_DISK);
        int commits = room.journal.phases(vm.view().record().id()).size();
        var refused = alter(vm, BIGGER);
        assertThat(code(refused)).isEqualTo("UNSUPPORTED");
        assertThat(message(refused))
                .isEqualTo(
                        "vcpu_count is not supported by backend scripted 1.0: it was told to lack"
                                + " it; no backend that is installed here could");
        assertThat(code(alter(vm, new Change.AttachNic(NIC)))).isEqualTo("UNSUPPORTED");
        assertThat(code(alter(vm, new Change.DetachDisk("data")))).isEqualTo("UNSUPPORTED");
        var taken = alter(vm, new Change.AttachDisk(disk("data", "other")));
        assertThat(code(taken)).isEqualTo("DISK_EXISTS");
        assertThat(room.journal.phases(vm.view().record().id())).hasSize(commits);
        done(alter(vm, new Change.Resize(0, 2 * MEMORY)));
    }

    @Test
    void aPausedGuestIsLeftAlone() {
        var vm = running("a");
        done(ask(vm, Verb.PAUSE));
        assertThat(code(alter(vm, BIGGER))).isEqualTo("WRONG_PHASE");
    }

    @Test
    void aChangeThatTheVmmRefusesIsTakenBack() throws Exception {
        var vm = running("a");
        var before = spec(vm);
        var _ = room.script("a").on(Act.PLUG, Mood.REFUSES).on(Act.RESIZE, Mood.REFUSES);
        var attach = new Change.AttachDisk(disk("data", "data.img"));
        assertThat(code(alter(vm, attach))).isEqualTo("BACKEND_REFUSED");
        assertThat(room.script("a").entered(Act.UNPLUG)).isEqualTo(1);
        assertThat(code(alter(vm, BIGGER))).isEqualTo("BACKEND_REFUSED");
        assertThat(spec(vm)).isEqualTo(before);
        assertThat(pending(vm).nothing()).isTrue();
        var b = running("b");
        done(alter(b, attach));
        done(alter(b, new Change.Resize(0, 3 * MEMORY)));
    }

    @Test
    void aGuestThatDoesNotLetGoKeepsItsDisk() throws Exception {
        var vm = running("a");
        done(alter(vm, new Change.AttachDisk(disk("data", "data.img"))));
        var _ = room.script("a").on(Act.UNPLUG, Mood.DEAF);
        assertThat(code(alter(vm, new Change.DetachDisk("data")))).isEqualTo("BACKEND_GONE");
        assertThat(spec(vm).disks()).hasSize(1);
        assertThat(pending(vm).nothing()).isTrue();
        var _ = room.script("a").on(Act.UNPLUG, Mood.FINE);
        done(alter(vm, new Change.DetachDisk("data")));
    }
}
