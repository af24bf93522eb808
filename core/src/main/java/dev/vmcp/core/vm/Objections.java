package dev.vmcp.core.vm;

import dev.vmcp.core.problem.Violation;
import java.util.ArrayList;
import java.util.List;

/// Collects what the rules find. Short names for the many calls; one objection per field.
final class Objections {

    private final List<Violation> invalid = new ArrayList<>();
    private final List<Violation> unsupported = new ArrayList<>();

    /// Objects unless `fine`; says whether it was.
    boolean require(boolean fine, String field, Object value, String expected) {
        if (!fine) {
            invalid.add(Violation.of(field, value, expected));
        }
        return fine;
    }

    void unsupported(String field, Object value, String instead) {
        unsupported.add(Violation.of(field, value, instead));
    }

    SpecFindings findings() {
        return new SpecFindings(invalid, unsupported);
    }
}
