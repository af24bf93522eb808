package dev.vmcp.platform.config;

import java.util.Optional;
import java.util.function.Function;

/// A type of values: how its text is read, and in words what is expected.
///
/// @param name the type's name in the reference
public record Kind<T>(String name, String expected, Function<String, Optional<T>> reader) {

    /// Empty when the text is not of this kind.
    public Optional<T> parse(String text) {
        return reader.apply(text);
    }

    /// Also takes the empty text, which means that there is no value.
    public Kind<Optional<T>> orNone() {
        return new Kind<>(
                name,
                expected + ", or nothing",
                text -> text.isEmpty() ? Optional.of(Optional.empty()) : some(text));
    }

    private Optional<Optional<T>> some(String text) {
        var value = parse(text);
        return value.isPresent() ? Optional.of(value) : Optional.empty();
    }
}
