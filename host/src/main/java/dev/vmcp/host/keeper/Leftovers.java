package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.ProcessId;
import java.util.Map;
import java.util.Optional;

/// What was found of earlier launches when the host started.
record Leftovers(Map<LaunchId, ProcessId> running) {

    Optional<ProcessId> of(LaunchId launch) {
        return Optional.ofNullable(running.get(launch));
    }
}
