package dev.vmcp.host.disk;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Which launch of this host uses which file, so that no disk is written by two of them. Lives in
/// memory: after a restart each adopted launch is entered again. Safe for use by many threads.
public final class DiskLocks {

    private record Holder(VmId vm, LaunchId launch, FileUse use) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<FileId, List<Holder>> holders = new HashMap<>();
    private final Map<LaunchId, List<FileUse>> launches = new HashMap<>();

    /// Takes all of `uses` for a launch about to start, or none of them and says why not. A launch
    /// that holds some already gets the rest.
    public Optional<Problem> acquire(VmId vm, LaunchId launch, List<FileUse> uses) {
        lock.lock();
        try {
            for (var use : uses) {
                var other = against(launch, use);
                if (other.isPresent()) {
                    return Optional.of(refusal(vm, use, other.get()));
                }
            }
            enter(vm, launch, uses);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// Enters a launch that runs already, whatever others do; says with which VMs it is at odds.
    public List<VmId> adopt(VmId vm, LaunchId launch, List<FileUse> uses) {
        lock.lock();
        try {
            var odds =
                    uses.stream()
                            .flatMap(use -> against(launch, use).stream())
                            .map(Holder::vm)
                            .distinct()
                            .toList();
            enter(vm, launch, uses);
            return odds;
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a launch whose process is gone; does nothing for one that holds nothing.
    public void release(LaunchId launch) {
        lock.lock();
        try {
            leave(launch);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets all that a launch held but `uses`, which it held already.
    public void keep(VmId vm, LaunchId launch, List<FileUse> uses) {
        lock.lock();
        try {
            leave(launch);
            enter(vm, launch, uses);
        } finally {
            lock.unlock();
        }
    }

    private void leave(LaunchId launch) {
        var uses = launches.remove(launch);
        if (uses == null) {
            return;
        }
        for (var use : uses) {
            var left =
                    holders.getOrDefault(use.file(), List.of()).stream()
                            .filter(holder -> !holder.launch().equals(launch))
                            .toList();
            if (left.isEmpty()) {
                holders.remove(use.file());
            } else {
                holders.put(use.file(), left);
            }
        }
    }

    /// Whether `launch` has acquired the file, for writing where `writable`.
    boolean holds(LaunchId launch, FileId file, boolean writable) {
        lock.lock();
        try {
            return launches.getOrDefault(launch, List.of()).stream()
                    .filter(use -> use.file().equals(file))
                    .anyMatch(
                            use -> use.way() == (writable ? FileUse.Way.WRITE : FileUse.Way.READ));
        } finally {
            lock.unlock();
        }
    }

    /// How many files are held.
    int size() {
        lock.lock();
        try {
            return holders.size();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Holder> against(LaunchId launch, FileUse use) {
        return holders.getOrDefault(use.file(), List.of()).stream()
                .filter(holder -> !holder.launch().equals(launch))
                .filter(holder -> !holder.use().way().goesWith(use.way()))
                .findFirst();
    }

    private void enter(VmId vm, LaunchId launch, List<FileUse> uses) {
        for (var use : uses) {
            var all = new ArrayList<>(holders.getOrDefault(use.file(), List.of()));
            all.add(new Holder(vm, launch, use));
            holders.put(use.file(), List.copyOf(all));
        }
        var before = new ArrayList<>(launches.getOrDefault(launch, List.of()));
        before.addAll(uses);
        launches.put(launch, List.copyOf(before));
    }

    private static Problem refusal(VmId vm, FileUse use, Holder other) {
        var how =
                switch (other.use().way()) {
                    case WRITE -> " is written by VM ";
                    case READ -> " is read by VM ";
                    case APPEND -> " takes the console of VM ";
                };
        return new Problem.NotNow("VM " + vm, use.path() + how + other.vm());
    }
}
