package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Phase;

/// What came of a [Wish].
///
/// @param phase the VM's phase afterwards
/// @param outcome of a shutdown: `graceful`, `killed` or `forced`; of a snapshot its id; else empty
public record Reply(Phase phase, String outcome) {}
