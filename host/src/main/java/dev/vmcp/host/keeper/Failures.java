package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.DriverException;

/// Turns what a driver could not do into what a caller is told.
final class Failures {

    private Failures() {}

    /// What a caller is told whose step was ended by force.
    static Problem overtaken(VmId vm, String doing) {
        return new Problem.Overtaken(vm.value(), doing, "a shutdown or delete with force");
    }

    static Problem problem(VmId vm, String doing, DriverException e) {
        var words = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case REFUSED -> new Problem.BackendRefused(vm.value(), doing, words);
            case GONE, SILENT -> new Problem.BackendGone(vm.value(), doing, words);
            case HOST, NOT_NOW -> new Problem.NotNow("cannot " + doing + " VM " + vm, words);
        };
    }
}
