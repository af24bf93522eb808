package dev.vmcp.host.driver.firecracker;

import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.vmm.FileHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What a Firecracker wrote into its log, of which the end says why it ended.
final class FirecrackerLog {

    private static final int READ = 4096;
    private static final int LONGEST = 400;
    private static final Pattern EXIT = Pattern.compile("exit_code=(\\d{1,3})\\s*$");
    private static final Pattern CRASH =
            Pattern.compile("Received (KVM_EXIT_(?:INTERNAL_ERROR|FAIL_ENTRY)) signal");
    private static final Pattern PREFIX =
            Pattern.compile(
                    "^\\S+ \\[[^]]*] (RunWithApiError error: )?(Failed to build MicroVM from Json: )?"
                            + "((Configuration for VMM|Could not Start MicroVM) from one single json"
                            + "( failed)?: )?");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private FirecrackerLog() {}

    /// A guest that restarts, by `reboot=k` or a triple fault, ends its Firecracker with 0. So
    /// does, now and then, one that KVM gives up on, of which the log tells.
    static Ended ended(Launch launch, Exit exit) {
        var lines = tail(launch);
        var code =
                switch (exit) {
                    case Exit.Code(var known) -> OptionalInt.of(known);
                    case Exit.Signal _ -> OptionalInt.empty();
                    case Exit.Unknown _ -> logged(lines);
                };
        var crash = CRASH.matcher(lines);
        if (crash.find()) {
            return new Ended.Unasked("the guest crashed (" + crash.group(1) + ")");
        }
        if (code.isPresent() && code.getAsInt() == 0) {
            return new Ended.RestartWanted();
        }
        var status = code.isPresent() ? words(code.getAsInt()) : exit.words();
        var said = lastWords(lines).map(line -> ": " + line).orElse("");
        return new Ended.Unasked("Firecracker ended unasked (" + status + ")" + said);
    }

    /// The last complaint of a Firecracker that did not start, of its own log or its output.
    static String complaint(Launch launch) {
        return lastWords(tail(launch)).orElse("");
    }

    /// Whether its guest was started, as its configuration said. A guest may make it write much
    /// more after that.
    static boolean tellsStart(Path log) {
        try {
            var head = FileHead.read(log, READ);
            return StandardCharsets.UTF_8
                    .decode(head.flip())
                    .toString()
                    .contains("Successfully started microvm");
        } catch (IOException e) {
            return false; // It wrote nothing yet.
        }
    }

    private static OptionalInt logged(String lines) {
        var last = lines.lines().reduce("", (_, later) -> later);
        var match = EXIT.matcher(last);
        return match.find()
                ? OptionalInt.of(Integer.parseInt(match.group(1)))
                : OptionalInt.empty();
    }

    private static String words(int code) {
        var status = "exit code " + code;
        return switch (code) {
            case 148 -> status + ", a system call that its filter forbids";
            case 149 -> status + ", guest memory is not there any more";
            case 150 -> status + ", it crashed";
            default -> status;
        };
    }

    private static Optional<String> lastWords(String lines) {
        return entries(lines).stream()
                .map(line -> PREFIX.matcher(line).replaceFirst(""))
                .filter(line ->
                        !line.isBlank()
                                && !line.startsWith("Running Firecracker")
                                && !line.startsWith("Firecracker exiting"))
                .reduce((_, later) -> later)
                .map(line -> CONTROL.matcher(line).replaceAll(" ").strip())
                .map(line -> line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line);
    }

    /// Some entries of its log go over two lines, as a string does in its source: the first ends in
    /// a backslash.
    private static List<String> entries(String lines) {
        return lines.replaceAll("\\s*\\\\\n\\s*", " ").lines().toList();
    }

    private static String tail(Launch launch) {
        var own = end(Quarters.found(launch).resolve(Quarters.LOG));
        return own.isEmpty() ? end(launch.log()) : own;
    }

    /// The guest's VMM may have put anything in the place of its log.
    private static String end(Path file) {
        try {
            return new String(FileHead.readEnd(file, READ), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // It never wrote one.
        }
    }
}
