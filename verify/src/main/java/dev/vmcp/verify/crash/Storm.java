package dev.vmcp.verify.crash;

import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.HostClient;
import dev.vmcp.verify.crash.Known.Place;
import dev.vmcp.verify.harness.GuestConsole;
import dev.vmcp.verify.harness.VmmProcesses;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/// One worker's part of the storm: random calls on the VMs that are its own, one after the other,
/// so that what was acknowledged is known for sure.
final class Storm implements Runnable {

    /// What is counted of each call that was acknowledged.
    static final String CALLS = "calls";

    private static final Duration GUEST_ANSWERS = Duration.ofSeconds(20);

    private final HostClient client;
    private final Guests guests;
    private final Changes changes;
    private final Saves saves;
    private final boolean bounded;
    private final Tally tally;
    private final List<Known> mine;
    private final SplittableRandom random;
    private final BooleanSupplier over;

    /// What all workers of one storm share.
    ///
    /// @param bounded whether the host gives VMMs that are jailed control groups with limits
    record Weather(HostClient client, Guests guests, boolean bounded, Tally tally) {}

    Storm(Weather weather, List<Known> mine, SplittableRandom random, BooleanSupplier over) {
        this.client = weather.client();
        this.guests = weather.guests();
        this.tally = weather.tally();
        this.bounded = weather.bounded();
        this.changes = new Changes(client, guests);
        this.saves = new Saves(client, tally);
        this.mine = mine;
        this.random = random;
        this.over = over;
    }

    @Override
    public void run() {
        while (!over.getAsBoolean()) {
            var vm = mine.get(random.nextInt(mine.size()));
            try {
                vm.pending = true;
                step(vm);
                vm.pending = false;
                tally.count(CALLS);
            } catch (CallFailed e) {
                if (!over.getAsBoolean() && !lost(e)) {
                    throw new AssertionError(vm + ": " + e.code() + " " + e.message(), e);
                }
                return;
            }
        }
    }

    /// The connection broke, as it does when the host is killed.
    private static boolean lost(CallFailed e) {
        return switch (e.code()) {
            case UNAVAILABLE, UNKNOWN, CANCELED -> true;
            default -> false;
        };
    }

    private void step(Known vm) {
        switch (vm.place) {
            case ABSENT -> create(vm);
            case CREATED, STOPPED -> down(vm);
            case RUNNING -> running(vm);
            case PAUSED -> paused(vm);
        }
    }

    private void down(Known vm) {
        switch (random.nextInt(8)) {
            case 0 -> delete(vm);
            case 1, 2, 3 -> {
                if (!vm.saves()) {
                    changes.detach(vm);
                } else if (saves.restore(vm, random)) {
                    learn(vm);
                }
            }
            default -> boot(vm);
        }
    }

    private void running(Known vm) {
        // Diffs take several saves of one guest.
        boolean change = vm.diffs() ? random.nextInt(4) != 0 : random.nextInt(3) == 0;
        if (change && (vm.changes() || vm.saves())) {
            if (vm.changes() && (!vm.saves() || random.nextInt(6) == 0)) {
                changes.disk(vm, random.nextBoolean());
            } else {
                saves.change(vm, random);
            }
            return;
        }
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                client.pauseVm(PauseVmRequest.newBuilder().setVmId(vm.vm).build());
                vm.at(Place.PAUSED);
            }
            case 2 -> reboot(vm);
            case 3 -> shutdown(vm, true);
            case 4 -> shutdown(vm, false);
            case 5 -> delete(vm);
            default -> throw new IllegalStateException("unreachable");
        }
    }

    private void paused(Known vm) {
        switch (random.nextInt(4)) {
            case 0, 1, 2 -> {
                client.resumeVm(ResumeVmRequest.newBuilder().setVmId(vm.vm).build());
                vm.at(Place.RUNNING);
            }
            case 3 -> delete(vm);
            default -> throw new IllegalStateException("unreachable");
        }
    }

    private void create(Known vm) {
        client.createVm(
                CreateVmRequest.newBuilder()
                        .setVmId(vm.vm)
                        .setBackend(vm.backend)
                        .setConfig(guests.of(vm))
                        .build());
        vm.at(Place.CREATED);
    }

    private void boot(Known vm) {
        long from = console(vm).end();
        client.bootVm(BootVmRequest.newBuilder().setVmId(vm.vm).build());
        vm.at(Place.RUNNING);
        learn(vm, from);
        tally.count("booted on " + vm.backend);
    }

    private void reboot(Known vm) {
        long from = console(vm).end();
        client.rebootVm(RebootVmRequest.newBuilder().setVmId(vm.vm).setForce(true).build());
        learn(vm, from);
    }

    /// What must be the same after a restart of the host.
    private void learn(Known vm, long from) {
        vm.chain.newGuest();
        learn(vm);
        vm.nonce = console(vm).nonceAfter(from).orElse("");
    }

    private void learn(Known vm) {
        var info = client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm.vm).build());
        vm.pid = Long.parseLong(info.getBackendInfoOrDefault("pid", "0"));
        vm.startTicks = VmmProcesses.startTicks(vm.pid).orElse(0L);
        if (bounded && vm.backend.equals("firecracker") && !ControlGroup.holds(vm.pid)) {
            throw new AssertionError(vm + ": its VMM is in no control group of its own");
        }
        if (bounded && vm.backend.equals("firecracker")) {
            tally.count("bounded");
        }
    }

    private void shutdown(Known vm, boolean force) {
        client.shutdownVm(
                ShutdownVmRequest.newBuilder()
                        .setVmId(vm.vm)
                        .setForce(force)
                        .setTimeoutSeconds(10)
                        .build());
        vm.at(Place.STOPPED);
    }

    private void delete(Known vm) {
        client.deleteVm(DeleteVmRequest.newBuilder().setVmId(vm.vm).setForce(true).build());
        vm.at(Place.ABSENT);
    }

    private GuestConsole console(Known vm) {
        return new GuestConsole(client, vm.vm, GUEST_ANSWERS);
    }
}
