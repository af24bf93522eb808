package dev.vmcp.verify.house;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which packages may use which, as a table: from a package root to what it may use besides itself.
/// The longest root that fits a class is the one that counts for it.
///
/// @param uses package roots, or single classes with those inside them
record Arrows(Map<String, List<String>> uses) {

    /// The uses that the table does not allow.
    List<String> broken(JavaClasses classes) {
        return classes.stream()
                .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
                .filter(use -> !allowed(use))
                .map(Dependency::getDescription)
                .distinct()
                .sorted()
                .toList();
    }

    private boolean allowed(Dependency use) {
        var from = root(use.getOriginClass().getName());
        var target = use.getTargetClass().getBaseComponentType().getName();
        var to = root(target);
        if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
            return true;
        }
        return uses.getOrDefault(from.get(), List.of()).stream()
                .anyMatch(allowed -> allowed.equals(to.get()) || isOrIn(target, allowed));
    }

    private static boolean isOrIn(String type, String outer) {
        return type.equals(outer) || type.startsWith(outer + "$");
    }

    /// The row of the table that a class belongs to; empty for classes that it does not speak of.
    private Optional<String> root(String type) {
        var name = type;
        while (name.contains(".")) {
            name = name.substring(0, name.lastIndexOf('.'));
            if (uses.containsKey(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
