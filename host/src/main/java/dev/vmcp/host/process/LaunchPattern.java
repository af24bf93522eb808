package dev.vmcp.host.process;

import dev.vmcp.core.vm.LaunchId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds a launch in an argument list: `<launches>/<launch id>` as whole components of a path,
/// alone, within a longer path, or as the value of an option (`path=…,id=…`). A VMM in a jail knows
/// no path of ours: of it the option `--id` with a launch counts, if that has a directory.
final class LaunchPattern {

    private static final Pattern FORM = Pattern.compile("l-[0-9a-f]{24}");
    private static final int ID_LENGTH = "l-".length() + 24;

    private static final Pattern JAILED = Pattern.compile("\0--id[=\0](l-[0-9a-f]{24})\0");

    private final Path launches;
    private final String prefix;

    LaunchPattern(Path launches) {
        this.launches = launches;
        prefix = latin(launches.toAbsolutePath().normalize() + "/");
    }

    /// @param cmdline as `/proc/<pid>/cmdline` has it, one zero byte after each argument
    Optional<LaunchId> launch(byte[] cmdline) {
        var text = new String(cmdline, StandardCharsets.ISO_8859_1);
        var at = text.indexOf(prefix);
        while (at >= 0) {
            var start = at + prefix.length();
            var end = start + ID_LENGTH;
            if (end <= text.length() && begins(text, at) && ends(text, end)) {
                var id = id(text.substring(start, end));
                if (id.isPresent()) {
                    return id;
                }
            }
            at = text.indexOf(prefix, at + 1);
        }
        return jailed(text);
    }

    private Optional<LaunchId> jailed(String text) {
        var match = JAILED.matcher(text);
        return match.find() && hasDirectory(match.group(1))
                ? Optional.of(new LaunchId(match.group(1)))
                : Optional.empty();
    }

    /// By its own name, or with more after a dot: recovery gives it another for a while.
    private boolean hasDirectory(String launch) {
        if (Files.isDirectory(launches.resolve(launch))) {
            return true;
        }
        try (var longer = Files.newDirectoryStream(launches, launch + ".*")) {
            for (var path : longer) {
                if (Files.isDirectory(path)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Without a look there is none.
        }
        return false;
    }

    private static Optional<LaunchId> id(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new LaunchId(text)) : Optional.empty();
    }

    private static boolean begins(String text, int at) {
        return at == 0 || (text.charAt(at - 1) != '/' && !isPartOfName(text.charAt(at - 1)));
    }

    private static boolean ends(String text, int end) {
        return end == text.length() || !isPartOfName(text.charAt(end));
    }

    private static boolean isPartOfName(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /// The bytes of a path, one character each, as [#launch] reads an argument list.
    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
