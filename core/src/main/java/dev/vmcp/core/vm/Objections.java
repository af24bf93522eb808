package dev.vmcp.core.vm;

import dev.vmcp.core.problem.Violation;
import java.util.ArrayList;
import java.util.List;

/// What a check of one spec finds, in the order in which it looks. For one thread.
public final class Objections {

    private final List<Violation> invalid = new ArrayList<>();
    private final List<Violation> unsupported = new ArrayList<>();

    /// Objects to a value that is wrong, unless it is `fine`; says whether it was.
    public boolean require(boolean fine, String field, Object value, String expected) {
        if (!fine) {
            invalid.add(Violation.of(field, value, expected));
        }
        return fine;
    }

    /// Objects to a feature that does not exist here, unless the value is `fine` without it.
    ///
    /// @param instead what there is
    public void requireSupported(boolean fine, String field, Object value, String instead) {
        if (!fine) {
            unsupported.add(Violation.of(field, value, instead));
        }
    }

    public SpecFindings findings() {
        return new SpecFindings(invalid, unsupported);
    }
}
