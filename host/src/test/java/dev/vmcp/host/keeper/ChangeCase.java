package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.done;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.ScriptedDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests of changes of what VMs have: rooms, VMs that may grow, and shorthands.
abstract class ChangeCase {

    static final long MEMORY = KeeperRoom.MEMORY;
    static final Change BIGGER = new Change.Resize(2, 2 * MEMORY);
    static final VmSpec.Nic NIC = new VmSpec.Nic("eth0", "", "tap0", "", Map.of());

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private VmSpec roomy(List<VmSpec.Disk> disks) {
        var plain = room.spec(MEMORY, disks);
        return new VmSpec(
                new VmSpec.Cpu(1, 4, Optional.empty(), Map.of()),
                new VmSpec.Memory(MEMORY, true, 3 * MEMORY, Map.of()),
                plain.boot(),
                disks,
                List.of(),
                plain.console(),
                Map.of());
    }

    VmKeeper running(String id) {
        var vm = room.create(id, roomy(List.of()));
        done(ask(vm, Verb.BOOT));
        return vm;
    }

    VmSpec.Disk disk(String id, String file) throws IOException {
        var path = directory.resolve(file);
        if (!Files.exists(path)) {
            Files.writeString(path, "disk");
        }
        return new VmSpec.Disk(id, path.toString(), false, false, "", Map.of());
    }

    static Outcome<Reply> alter(VmKeeper vm, Change change) {
        return KeeperRoom.await(vm, new Wish.Alter(change));
    }

    static VmSpec spec(VmKeeper vm) {
        return vm.view().record().spec();
    }

    static Pending pending(VmKeeper vm) {
        return vm.view().record().pending();
    }

    static String message(Outcome<Reply> outcome) {
        return ((Outcome.Refused<Reply>) outcome).problem().message();
    }

    ScriptedDevices devices(VmKeeper vm) {
        return room.vmm(vm).devices();
    }

    VmKeeper found(String id) {
        return room.keepers().find(new VmId(id)).orElseThrow();
    }
}
