package dev.vmcp.cli;

import dev.vmcp.cli.terminal.ByteSize;
import dev.vmcp.cli.terminal.Span;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Values of options that are more than text. Classes and not lambdas: one of picocli's types in a
/// lambda keeps it out of the AOT cache, and to spin it costs a cold start 10 ms.
final class Converters {
    private Converters() {}

    static final class OfSize implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return ByteSize.parse(text);
            } catch (IllegalArgumentException e) {
                throw refused(e);
            }
        }
    }

    static final class OfTime implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Span.parse(text);
            } catch (IllegalArgumentException e) {
                throw refused(e);
            }
        }
    }

    static final class OfOutput implements ITypeConverter<Output> {
        @Override
        public Output convert(String text) {
            return switch (text) {
                case "table", "json", "name" -> Output.valueOf(text.toUpperCase(Locale.ROOT));
                default ->
                        throw new TypeConversionException(
                                "'"
                                        + text
                                        + "' is no form of output (expected: table, json, name)");
            };
        }
    }

    private static TypeConversionException refused(IllegalArgumentException e) {
        var refusal = new TypeConversionException(e.getMessage());
        refusal.initCause(e);
        return refusal;
    }
}
