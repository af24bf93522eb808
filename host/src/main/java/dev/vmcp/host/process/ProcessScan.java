package dev.vmcp.host.process;

import dev.vmcp.core.vm.LaunchId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds a launch in an argument list: `<launches>/<launch id>` as whole components of a path,
/// alone, within a longer path, or as the value of an option (`path=…,id=…`).
final class ProcessScan {

    private static final String PART_OF_A_NAME = "[A-Za-z0-9._/-]";

    private final Pattern form;

    ProcessScan(Path launches) {
        var directory = latin(launches.toAbsolutePath().normalize().toString());
        form =
                Pattern.compile(
                        "(?<!"
                                + PART_OF_A_NAME
                                + ")"
                                + Pattern.quote(directory)
                                + "/(l-[0-9a-f]{24})(?![A-Za-z0-9._-])");
    }

    /// @param cmdline as `/proc/<pid>/cmdline` has it, one zero byte after each argument
    Optional<LaunchId> launch(byte[] cmdline) {
        var match = form.matcher(new String(cmdline, StandardCharsets.ISO_8859_1));
        return match.find() ? Optional.of(new LaunchId(match.group(1))) : Optional.empty();
    }

    /// The bytes of a path, one character each, as [#launch] reads an argument list.
    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
