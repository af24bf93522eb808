package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;

/// Ends a step early with the problem that its caller is told.
final class Halted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    Halted(Problem problem) {
        super(problem.message(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }

    String words() {
        return problem.message();
    }
}
