package dev.vmcp.platform.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The kinds of values that settings have.
public final class Kinds {
    /// Between the paths of a list.
    static final String SEPARATOR = ":";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,18})(|[KMGT]iB)");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,253}");
    private static final Map<String, Long> UNITS =
            Map.of("", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

    private Kinds() {}

    /// Any text but the empty one.
    public static Kind<String> text() {
        return new Kind<>(
                "text", "some text", text -> text.isBlank() ? Optional.empty() : Optional.of(text));
    }

    /// A host name or an IP address.
    public static Kind<String> host() {
        return new Kind<>(
                "address",
                "a host name or an IP address",
                text -> HOST.matcher(text).matches() ? Optional.of(text) : Optional.empty());
    }

    public static Kind<Integer> whole(int least, int most) {
        return new Kind<>(
                "whole number",
                "a whole number from " + least + " to " + most,
                text -> number(text, least, most).map(Math::toIntExact));
    }

    /// 0 means any free port.
    public static Kind<Integer> port() {
        return new Kind<>(
                "port",
                "a port, 0 to 65535",
                text -> number(text, 0, 65_535).map(Math::toIntExact));
    }

    public static Kind<Boolean> bool() {
        return new Kind<>("boolean", "true or false", Kinds::bool);
    }

    public static Kind<Double> ratio(double least, double most) {
        return new Kind<>(
                "ratio",
                "a number from " + least + " to " + most,
                text -> ratio(text).filter(value -> value >= least && value <= most));
    }

    public static Kind<Duration> duration() {
        return new Kind<>("duration", "a duration such as 500ms, 10s, 5m or 1h", Kinds::duration);
    }

    /// As [#duration()], within these bounds.
    public static Kind<Duration> duration(Duration least, Duration most) {
        return new Kind<>(
                "duration",
                "a duration such as 500ms, 10s or 5m, from "
                        + least.toMillis()
                        + "ms to "
                        + most.toMinutes()
                        + "m",
                text ->
                        duration(text)
                                .filter(time ->
                                        time.compareTo(least) >= 0 && time.compareTo(most) <= 0));
    }

    /// A size in bytes: a plain number, or one with KiB, MiB, GiB or TiB.
    public static Kind<Long> bytes(long least, long most) {
        return new Kind<>(
                "size",
                "a size such as 1048576 or 512MiB, from " + least + " to " + most + " bytes",
                text -> bytes(text).filter(value -> value >= least && value <= most));
    }

    public static Kind<Path> path() {
        return new Kind<>("path", "a path", Kinds::path);
    }

    /// Absolute paths with `:` between them; at least one.
    public static Kind<List<Path>> absolutePaths() {
        return new Kind<>(
                "paths", "absolute paths with " + SEPARATOR + " between them", Kinds::paths);
    }

    /// The socket of `unix:///path`.
    public static Kind<Path> unixEndpoint() {
        return new Kind<>(
                "unix endpoint",
                "unix:// and an absolute path, such as unix:///run/vmm.sock",
                text ->
                        text.startsWith("unix:///") && text.length() > 8
                                ? path(text.substring(7))
                                : Optional.empty());
    }

    /// The socket of `unix:/path` or `unix:///path`.
    public static Kind<Path> unixSocket() {
        return new Kind<>(
                "unix socket",
                "unix: and an absolute path, such as unix:/run/vmcp/host.sock",
                text -> {
                    var path =
                            text.startsWith("unix:///")
                                    ? text.substring(7)
                                    : text.substring(Math.min(5, text.length()));
                    return text.startsWith("unix:/") && path.length() > 1 && !path.startsWith("//")
                            ? path(path)
                            : Optional.empty();
                });
    }

    /// Words with commas between them; none is right, too.
    public static Kind<List<String>> words() {
        return new Kind<>(
                "words",
                "words with commas between them",
                text ->
                        Optional.of(
                                Arrays.stream(text.split(",", -1))
                                        .map(String::strip)
                                        .filter(word -> !word.isEmpty())
                                        .toList()));
    }

    /// `host:port`, or an `http://` or `https://` URL.
    public static Kind<String> hostAndPort() {
        return new Kind<>(
                "endpoint",
                "host:port or a URL, such as localhost:4318",
                text -> isEndpoint(text) ? Optional.of(text) : Optional.empty());
    }

    /// The constants of an enum, spelled in lower case.
    public static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
        var byWord =
                Arrays.stream(type.getEnumConstants())
                        .collect(Collectors.toMap(Kinds::word, constant -> constant));
        var words = Arrays.stream(type.getEnumConstants()).map(Kinds::word);
        var choices = words.collect(Collectors.joining(", "));
        return new Kind<>(
                choices, "one of " + choices, text -> Optional.ofNullable(byWord.get(text)));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Long> number(String text, long least, long most) {
        try {
            return Optional.of(Long.parseLong(text))
                    .filter(value -> value >= least && value <= most);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// The spellings of Go's `strconv.ParseBool`, which scripts of the seeds rely on.
    private static Optional<Boolean> bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> Optional.of(true);
            case "false", "f", "0" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Double> ratio(String text) {
        try {
            return Optional.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> duration(String text) {
        var parts = DURATION.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        var count = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Optional.of(Duration.ofMillis(count));
            case "s" -> Optional.of(Duration.ofSeconds(count));
            case "m" -> Optional.of(Duration.ofMinutes(count));
            case "h" -> Optional.of(Duration.ofHours(count));
            default -> Optional.empty();
        };
    }

    private static Optional<Long> bytes(String text) {
        var parts = BYTES.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            var unit = UNITS.getOrDefault(parts.group(2), 1L);
            return Optional.of(Math.multiplyExact(Long.parseLong(parts.group(1)), unit));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<List<Path>> paths(String text) {
        var paths = new ArrayList<Path>();
        for (var part : text.split(SEPARATOR, -1)) {
            var path = path(part).filter(Path::isAbsolute);
            if (path.isEmpty()) {
                return Optional.empty();
            }
            paths.add(path.get());
        }
        return Optional.of(List.copyOf(paths));
    }

    private static boolean isEndpoint(String text) {
        var url = text.startsWith("http://") || text.startsWith("https://");
        try {
            var uri = new URI(url ? text : "http://" + text);
            return uri.getHost() != null && (url || (uri.getPort() > 0 && uri.getPath().isEmpty()));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
