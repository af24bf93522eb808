package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.VmId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// How much guest memory this host gives out, and to whom. Claimed by a boot, freed by its end.
/// Safe for use by many threads.
public final class Capacity {

    private final long limit;
    private final Map<VmId, Long> claims = new HashMap<>();
    private long used;

    /// @param limit in bytes
    public Capacity(long limit) {
        this.limit = limit;
    }

    /// In bytes.
    public long limit() {
        return limit;
    }

    /// What is claimed now, in bytes.
    public synchronized long used() {
        return used;
    }

    /// Claims memory for a VM; a refusal claims nothing. A second claim of one VM replaces the
    /// first.
    synchronized Optional<Problem> claim(VmId vm, long bytes) {
        long free = limit - used + claims.getOrDefault(vm, 0L);
        if (bytes > free) {
            return Optional.of(new Problem.HostFull("memory (bytes)", bytes, Math.max(0, free)));
        }
        adopt(vm, bytes);
        return Optional.empty();
    }

    /// Counts a VM that runs already, whether it fits or not.
    synchronized void adopt(VmId vm, long bytes) {
        free(vm);
        claims.put(vm, bytes);
        used += bytes;
    }

    synchronized void free(VmId vm) {
        var freed = claims.remove(vm);
        used -= freed == null ? 0 : freed;
    }
}
