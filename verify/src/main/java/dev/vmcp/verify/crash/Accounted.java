package dev.vmcp.verify.crash;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What may be there, because a host or a VM that is known needs it.
///
/// @param hosts processes of hosts
/// @param alive the VMs that run or are paused
/// @param vms the ids of all VMs
record Accounted(Set<Long> hosts, List<Alive> alive, Set<String> vms, Set<String> snapshots) {

    /// @param files of users that its VMM may have been lent
    record Alive(String vm, String backend, long pid, String launch, List<Path> files) {}

    /// When no host runs and no VM is left.
    static Accounted nothing() {
        return new Accounted(Set.of(), List.of(), Set.of(), Set.of());
    }

    Set<String> launches() {
        return alive.stream().map(Alive::launch).collect(Collectors.toSet());
    }

    long on(String backend) {
        return alive.stream().filter(vm -> vm.backend.equals(backend)).count();
    }

    /// By file, whose user may have it.
    Map<Path, Integer> lent(Map<Long, Integer> users) {
        return alive.stream()
                .flatMap(vm ->
                        vm.files.stream()
                                .map(file -> Map.entry(file, users.getOrDefault(vm.pid, 0))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a));
    }
}
