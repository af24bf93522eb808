package dev.vmcp.verify.crash;

import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.host.v1.Snapshot;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.VmInfo;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;
import dev.vmcp.verify.crash.Known.Place;
import dev.vmcp.verify.harness.GuestConsole;
import dev.vmcp.verify.harness.VmmProcesses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What must hold when the host is back. Each method adds what does not to the list of faults.
final class Inspection {

    private static final Set<String> SETTLED =
            Set.of("Created", "Running", "Paused", "Stopped", "Failed");
    private static final Duration SETTLING = Duration.ofSeconds(60);
    private static final Duration GUEST_ANSWERS = Duration.ofSeconds(30);

    private final HostClient client;
    private final Path data;
    private final List<String> faults = new ArrayList<>();

    Inspection(HostClient client, Path data) {
        this.client = client;
        this.data = data;
    }

    /// Inspects everything and takes over into `known` what the calls under way came to.
    List<String> run(List<Known> known) {
        for (var vm : known) {
            inspect(vm, vm.pending && vm.saving ? resumed(vm.vm) : settled(vm.vm));
            vm.saving = false;
        }
        snapshots(known);
        strangers(known);
        processes();
        for (var vm : known) {
            if (vm.place == Place.RUNNING) {
                guest(vm);
            }
        }
        return faults;
    }

    /// The VM once it is verified and no step is under way; empty when there is none.
    private Optional<GetVmInfoResponse> settled(String vm) {
        long end = System.nanoTime() + SETTLING.toNanos();
        var phase = "";
        while (System.nanoTime() < end) {
            try {
                var info = client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm).build());
                phase = info.getBackendInfoOrDefault("phase", "");
                boolean verified =
                        !info.getBackendInfoOrDefault("remark", "").contains("not yet verified");
                if (SETTLED.contains(phase) && verified) {
                    return Optional.of(info);
                }
            } catch (CallFailed e) {
                if (e.code() == Code.NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
            Thread.onSpinWait();
        }
        faults.add(vm + " stays " + phase);
        return Optional.empty();
    }

    /// As [#settled], of a guest that was being saved: whatever came of that, it is to run on.
    private Optional<GetVmInfoResponse> resumed(String vm) {
        long end = System.nanoTime() + SETTLING.toNanos();
        var info = settled(vm);
        while (info.map(Inspection::place).filter(Place.PAUSED::equals).isPresent()) {
            if (System.nanoTime() > end) {
                faults.add(vm + " stays paused after a snapshot was cut short");
                return info;
            }
            info = settled(vm);
        }
        return info;
    }

    private void inspect(Known vm, Optional<GetVmInfoResponse> info) {
        var seen = info.map(Inspection::place).orElse(Place.ABSENT);
        if (vm.pending) {
            // The last call was not acknowledged: whatever came of it is taken over, if it is a
            // whole state.
            vm.pending = false;
            vm.at(seen);
            if (seen == Place.RUNNING || seen == Place.PAUSED) {
                vm.chain.unsure();
            }
            info.ifPresent(found -> renew(vm, found));
            return;
        }
        if (seen != vm.place) {
            faults.add(
                    vm
                            + " was acknowledged, but it is "
                            + seen
                            + info.map(i -> " " + i.getBackendInfoMap()).orElse(""));
            vm.at(seen);
            info.ifPresent(found -> renew(vm, found));
            return;
        }
        if (vm.place == Place.RUNNING || vm.place == Place.PAUSED) {
            sameProcess(vm, info.orElseThrow());
        }
    }

    private void renew(Known vm, GetVmInfoResponse info) {
        if (vm.place == Place.RUNNING || vm.place == Place.PAUSED) {
            vm.pid = pid(info);
            vm.startTicks = VmmProcesses.startTicks(vm.pid).orElse(0L);
            vm.nonce = "";
        }
    }

    private void sameProcess(Known vm, GetVmInfoResponse info) {
        if (pid(info) != vm.pid) {
            faults.add(vm + " runs as process " + pid(info) + " now");
        }
        var start = VmmProcesses.startTicks(vm.pid);
        if (start.isEmpty() || start.get() != vm.startTicks) {
            faults.add(vm + ": its process is gone or another: start time " + start);
        }
    }

    private static Place place(GetVmInfoResponse info) {
        var phase = info.getBackendInfoOrThrow("phase");
        return switch (info.getState()) {
            case VM_STATE_CREATED -> Place.CREATED;
            case VM_STATE_RUNNING -> Place.RUNNING;
            case VM_STATE_PAUSED -> Place.PAUSED;
            case VM_STATE_SHUTDOWN -> Place.STOPPED;
            case VM_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    throw new IllegalStateException("state of phase " + phase);
        };
    }

    private static long pid(GetVmInfoResponse info) {
        return Long.parseLong(info.getBackendInfoOrDefault("pid", "0"));
    }

    /// Nothing that was saved is lost or half, and nothing is there that nobody saved.
    private void snapshots(List<Known> known) {
        var listed = listed();
        for (var vm : known) {
            vm.chain
                    .inspect(listed.stream().filter(one -> one.getVmId().equals(vm.vm)).toList())
                    .forEach(fault -> faults.add(vm + ": " + fault));
        }
    }

    private List<Snapshot> listed() {
        return client.listSnapshots(ListSnapshotsRequest.getDefaultInstance()).getSnapshotsList();
    }

    /// No VM is there that nobody made.
    private void strangers(List<Known> known) {
        var there =
                known.stream()
                        .filter(vm -> vm.place != Place.ABSENT)
                        .map(vm -> vm.vm)
                        .collect(Collectors.toSet());
        var listed =
                client.listVms(ListVmsRequest.newBuilder().setPageSize(1000).build()).getVmsList();
        for (var vm : listed) {
            if (!there.contains(vm.getVmId())) {
                faults.add(vm.getVmId() + " is there, though it was deleted or never made");
            }
        }
    }

    /// Each VMM process belongs to exactly one record that says so.
    private void processes() {
        var owners = new TreeMap<Long, String>();
        var running =
                client.listVms(
                                ListVmsRequest.newBuilder()
                                        .setPageSize(1000)
                                        .addStateFilter(VmState.VM_STATE_RUNNING)
                                        .addStateFilter(VmState.VM_STATE_PAUSED)
                                        .build())
                        .getVmsList();
        for (VmInfo vm : running) {
            var info =
                    client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm.getVmId()).build());
            var before = owners.put(pid(info), vm.getVmId());
            if (before != null) {
                faults.add(
                        "process " + pid(info) + " belongs to " + before + " and " + vm.getVmId());
            }
        }
        var living = VmmProcesses.of(data);
        if (!living.keySet().equals(owners.keySet())) {
            faults.add("VMMs that live: " + living + "; VMMs that records know: " + owners);
        }
    }

    /// What the host and its VMs explain.
    Accounted accounted(long host, List<Known> known, Guests guests) {
        var alive = new ArrayList<Accounted.Alive>();
        for (var vm : known) {
            if (vm.place == Place.RUNNING || vm.place == Place.PAUSED) {
                var info = client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm.vm).build());
                var launch = info.getBackendInfoOrDefault("launch", "");
                alive.add(
                        new Accounted.Alive(
                                vm.vm, vm.backend, pid(info), launch, guests.lentTo(vm)));
            }
        }
        var there =
                known.stream()
                        .filter(vm -> vm.place != Place.ABSENT)
                        .map(vm -> vm.vm)
                        .collect(Collectors.toSet());
        var saved = listed().stream().map(Snapshot::getSnapshotId).collect(Collectors.toSet());
        return new Accounted(Set.of(host), alive, there, saved);
    }

    private void guest(Known vm) {
        var console = new GuestConsole(client, vm.vm, GUEST_ANSWERS);
        if (!vm.listens()) {
            if (!vm.nonce.isEmpty() && console.nonceAfter(0).isEmpty()) {
                faults.add(vm + ": what its guest printed is gone");
            }
            return;
        }
        var nonce = console.askNonce();
        if (nonce.isEmpty()) {
            faults.add(vm + ": its guest does not answer");
        } else if (!vm.nonce.isEmpty() && !vm.nonce.equals(nonce.get())) {
            faults.add(vm + ": its guest was restarted: nonce " + nonce.get());
        }
        vm.nonce = nonce.orElse("");
        if (!console.echoes("still")) {
            faults.add(vm + ": its console does not echo");
        }
    }
}
