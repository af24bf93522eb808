package dev.vmcp.verify.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The commands of a page: what stands in its blocks `sh`, `bash` and `console`, one entry for each
/// command that a person would type.
final class ShellBlocks {

    private static final Pattern FENCE =
            Pattern.compile("(?ms)^```(sh|bash|console)\\n(.*?)^```\\s*?$");
    private static final Pattern HERE_DOCUMENT = Pattern.compile("<<-?\\s*['\"]?(\\w+)['\"]?");

    /// @param text as typed, without the prompt
    /// @param output what the page shows after it; empty where it shows nothing
    record Typed(String text, String output) {

        /// Whether this is what the page shows: `...` stands for anything.
        boolean isShown(String printed) {
            var pattern = new StringBuilder();
            for (var part : output.strip().split(Pattern.quote("..."), -1)) {
                pattern.append(pattern.isEmpty() ? "" : "(?s:.*)").append(Pattern.quote(part));
            }
            return Pattern.matches(pattern.toString(), printed.strip());
        }
    }

    private ShellBlocks() {}

    static List<Typed> of(String page) {
        var all = new ArrayList<Typed>();
        FENCE.matcher(page)
                .results()
                .forEach(found -> {
                    if (found.group(1).equals("console")) {
                        shown(found.group(2), all);
                    } else {
                        plain(found.group(2), all);
                    }
                });
        return all;
    }

    private static void plain(String block, List<Typed> all) {
        var command = new StringBuilder();
        for (var line : block.lines().toList()) {
            if (command.isEmpty() && (line.isBlank() || line.stripLeading().startsWith("#"))) {
                continue;
            }
            command.append(line).append("\n");
            if (isWhole(command.toString())) {
                all.add(new Typed(command.toString(), ""));
                command.setLength(0);
            }
        }
        if (!command.isEmpty()) {
            throw new AssertionError("the block ends inside a command: " + command);
        }
    }

    private static void shown(String block, List<Typed> all) {
        var command = new StringBuilder();
        var output = new StringBuilder();
        for (var line : block.lines().toList()) {
            if (line.startsWith("$ ")) {
                add(command, output, all);
                command.append(line.substring(2)).append("\n");
            } else if (!isWhole(command.toString())) {
                command.append(line.startsWith("> ") ? line.substring(2) : line).append("\n");
            } else {
                output.append(line).append("\n");
            }
        }
        add(command, output, all);
    }

    private static void add(StringBuilder command, StringBuilder output, List<Typed> all) {
        if (!command.isEmpty()) {
            all.add(new Typed(command.toString(), output.toString()));
        }
        command.setLength(0);
        output.setLength(0);
    }

    /// Whether a shell would not ask for more.
    private static boolean isWhole(String command) {
        var here = HERE_DOCUMENT.matcher(command);
        if (here.find()) {
            return command.lines().anyMatch(line -> line.strip().equals(here.group(1)));
        }
        return !command.endsWith("\\\n") && Command.run("bash", "-n", "-c", command).status() == 0;
    }
}
