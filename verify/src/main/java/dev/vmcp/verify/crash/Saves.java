package dev.vmcp.verify.crash;

import dev.vmcp.api.host.v1.DeleteSnapshotRequest;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;
import dev.vmcp.verify.crash.Known.Place;
import dev.vmcp.verify.harness.GuestConsole;
import java.time.Duration;
import java.util.SplittableRandom;

/// The calls of the storm that save and restore a guest. Each is answered as the chain of its
/// snapshots says it must be.
final class Saves {

    private static final Duration GUEST_ANSWERS = Duration.ofSeconds(20);

    private final HostClient client;
    private final Tally tally;

    Saves(HostClient client, Tally tally) {
        this.client = client;
        this.tally = tally;
    }

    /// Saves the guest, whole or as a diff, or removes something that was saved before.
    void change(Known vm, SplittableRandom random) {
        var chain = vm.chain;
        var free = chain.free();
        if (!chain.has(chain.whole())) {
            take(vm, chain.whole(), false);
        } else if (vm.diffs() && !free.isEmpty() && random.nextInt(3) != 0) {
            take(vm, free.get(random.nextInt(free.size())), true);
        } else {
            remove(vm, pick(chain, random));
        }
    }

    /// Starts the VM from one of its snapshots, where there is one.
    ///
    /// @return whether it runs now; not so where the VM was changed since and does not fit
    boolean restore(Known vm, SplittableRandom random) {
        return !vm.chain.links().isEmpty() && restore(vm, pick(vm.chain, random));
    }

    private static Chain.Link pick(Chain chain, SplittableRandom random) {
        var links = chain.links();
        return links.get(random.nextInt(links.size()));
    }

    private void take(Known vm, String id, boolean diff) {
        var console = console(vm);
        if (diff) {
            // So that the diff holds something that its base has not.
            long from = console.end();
            console.send("Z");
            vm.nonce = console.nonceAfter(from).orElse("");
        } else if (vm.nonce.isEmpty()) {
            vm.nonce = console.askNonce().orElse("");
        }
        vm.saving = true;
        vm.chain.begin(id);
        var request = SnapshotVmRequest.newBuilder().setVmId(vm.vm).setSnapshotId(id).setDiff(diff);
        try {
            var taken = client.snapshotVm(request.build()).getSnapshot();
            var base = diff && vm.chain.sure() ? vm.chain.last() : taken.getBaseId();
            if (!taken.getBaseId().equals(base)) {
                throw new AssertionError(
                        vm + ": " + taken + " (expected to stand on: " + base + ")");
            }
            if (diff == base.isEmpty()) {
                throw new AssertionError(vm + ": " + taken + " (expected: diff " + diff + ")");
            }
            vm.chain.took(new Chain.Link(id, base, vm.nonce));
            tally.count(diff ? "saved a diff" : "saved");
        } catch (CallFailed e) {
            if (!diff || e.code() != Code.FAILED_PRECONDITION || standsOnSomething(vm)) {
                throw e;
            }
            vm.chain.refused();
        }
        vm.saving = false;
    }

    private static boolean standsOnSomething(Known vm) {
        return vm.chain.sure() && !vm.chain.last().isEmpty();
    }

    private void remove(Known vm, Chain.Link link) {
        var chain = vm.chain;
        chain.begin(link.id());
        try {
            client.deleteSnapshot(
                    DeleteSnapshotRequest.newBuilder().setSnapshotId(link.id()).build());
        } catch (CallFailed e) {
            if (e.code() != Code.FAILED_PRECONDITION || !chain.carries(link.id())) {
                throw e;
            }
            chain.refused();
            tally.count("kept a base");
            return;
        }
        if (chain.carries(link.id())) {
            throw new AssertionError(vm + ": " + link + " was removed below a diff of " + chain);
        }
        chain.removed(link.id());
        tally.count("removed what was saved");
    }

    /// Proves that the snapshot is whole: the guest goes on as the one that was saved.
    boolean restore(Known vm, Chain.Link link) {
        try {
            client.restoreVm(
                    RestoreVmRequest.newBuilder().setVmId(vm.vm).setSnapshotId(link.id()).build());
        } catch (CallFailed e) {
            if (e.code() == Code.INVALID_ARGUMENT) {
                return false;
            }
            throw e;
        }
        vm.at(Place.RUNNING);
        vm.chain.restored(link.id());
        var nonce = console(vm).askNonce().orElse("");
        if (nonce.isEmpty() || (!link.nonce().isEmpty() && !nonce.equals(link.nonce()))) {
            throw new AssertionError(vm + " restored from " + link + " says nonce " + nonce);
        }
        vm.nonce = nonce;
        tally.count(link.base().isEmpty() ? "restored" : "restored a diff");
        return true;
    }

    private GuestConsole console(Known vm) {
        return new GuestConsole(client, vm.vm, GUEST_ANSWERS);
    }
}
