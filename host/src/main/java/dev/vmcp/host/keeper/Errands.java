package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;

/// What is done to a VM beside the verbs, and the end of what of it was cut short.
final class Errands {

    private final VmState vm;
    private final Altering altering;
    private final Saving saving;
    private final Resuming resuming;

    Errands(Ground ground, VmState vm, Starting starting) {
        var snapshots = new SnapshotStore(ground.layout().snapshots());
        this.vm = vm;
        this.altering = new Altering(ground, vm);
        this.saving = new Saving(ground, vm, snapshots);
        this.resuming = new Resuming(ground, vm, starting, snapshots);
    }

    Reply alter(Change change) {
        altering.alter(change);
        return new Reply(vm.phase(), "");
    }

    Reply save(Wish.Save wish) {
        return new Reply(vm.phase(), saving.save(wish));
    }

    Reply restore(String snapshot) {
        resuming.restore(snapshot);
        return new Reply(vm.phase(), "");
    }

    /// Whether something was begun whose end is not known, and its VMM can be asked.
    boolean toConclude() {
        boolean up = vm.phase() instanceof Phase.Running || vm.phase() instanceof Phase.Paused;
        return up && !vm.record().pending().nothing() && vm.live().isPresent() && !vm.deaf();
    }

    /// Finishes or undoes what was begun.
    void conclude() {
        if (!toConclude()) {
            return;
        }
        switch (vm.record().pending()) {
            case Pending.Nothing _ -> {}
            case Pending.Changing(var change) -> altering.conclude(change);
            case Pending.Saving(var snapshot, var resume) -> saving.conclude(snapshot, resume);
        }
    }
}
