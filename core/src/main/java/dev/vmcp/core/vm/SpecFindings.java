package dev.vmcp.core.vm;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Everything that stands against a spec, in the order of the wire's fields.
///
/// @param invalid values that are wrong wherever the VM runs
/// @param unsupported features that do not exist here, whatever the value
public record SpecFindings(List<Violation> invalid, List<Violation> unsupported) {

    public static final SpecFindings NONE = new SpecFindings(List.of(), List.of());

    public SpecFindings {
        invalid = List.copyOf(invalid);
        unsupported = List.copyOf(unsupported);
    }

    public boolean none() {
        return invalid.isEmpty() && unsupported.isEmpty();
    }

    /// Both together. A field that this one already objects to is not objected to again.
    public SpecFindings and(SpecFindings other) {
        return new SpecFindings(
                joined(invalid, other.invalid), joined(unsupported, other.unsupported));
    }

    /// What is left when the fields that `other` objects to are taken out.
    public SpecFindings without(SpecFindings other) {
        var fields =
                Stream.concat(other.invalid.stream(), other.unsupported.stream())
                        .map(Violation::field)
                        .collect(Collectors.toSet());
        return filtered(violation -> !fields.contains(violation.field()));
    }

    /// What is left when one field is taken out.
    public SpecFindings without(String field) {
        return filtered(violation -> !violation.field().equals(field));
    }

    private SpecFindings filtered(Predicate<Violation> keep) {
        return new SpecFindings(
                invalid.stream().filter(keep).toList(), unsupported.stream().filter(keep).toList());
    }

    /// The refusal that a caller gets; empty when nothing stands against the spec. One wrong value
    /// makes the whole answer `InvalidInput`, which then lists the unsupported features too.
    public Optional<Problem> problem(String backend) {
        if (none()) {
            return Optional.empty();
        }
        if (invalid.isEmpty()) {
            return Optional.of(
                    new Problem.Unsupported(
                            words(unsupported, v -> v.field() + " (" + v.value() + ")", ", "),
                            backend,
                            words(unsupported, v -> "expected " + v.expected(), "; ")));
        }
        return Optional.of(new Problem.InvalidInput(joined(invalid, unsupported)));
    }

    private static List<Violation> joined(List<Violation> first, List<Violation> second) {
        var all = new ArrayList<>(first);
        var known = new HashSet<String>();
        first.forEach(violation -> known.add(violation.field()));
        second.stream().filter(v -> !known.contains(v.field())).forEach(all::add);
        return all;
    }

    private static String words(
            List<Violation> from, Function<Violation, String> word, String between) {
        return from.stream().map(word).distinct().collect(Collectors.joining(between));
    }
}
