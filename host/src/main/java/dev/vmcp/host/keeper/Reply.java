package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Phase;

/// What came of an [Ask].
///
/// @param phase the VM's phase afterwards
/// @param outcome of a shutdown: `graceful`, `killed` or `forced`; else empty
public record Reply(Phase phase, String outcome) {}
