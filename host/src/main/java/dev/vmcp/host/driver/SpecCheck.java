package dev.vmcp.host.driver;

import dev.vmcp.core.problem.Violation;
import java.util.List;

/// What a driver says of a spec before anything is touched.
///
/// @param invalid values that are wrong here, such as a kernel of an unknown format
/// @param unsupported features that this backend does not have
public record SpecCheck(List<Violation> invalid, List<Violation> unsupported) {

    public static final SpecCheck FINE = new SpecCheck(List.of(), List.of());

    public SpecCheck {
        invalid = List.copyOf(invalid);
        unsupported = List.copyOf(unsupported);
    }
}
