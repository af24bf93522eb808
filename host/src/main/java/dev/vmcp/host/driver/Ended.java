package dev.vmcp.host.driver;

import dev.vmcp.host.process.Exit;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What the end of a VMM's process means for its guest.
public sealed interface Ended {

    /// The guest switched itself off, which this VMM does by ending.
    record PoweredOff() implements Ended {}

    /// The guest asked for a restart, which this VMM does by ending.
    record RestartWanted() implements Ended {}

    /// Nobody asked for it, or it cannot be known.
    record Unasked(String why) implements Ended {}

    int LOG_TAIL = 4096;

    /// An end without a reason of its own: the status, and what the VMM said last.
    static Unasked unasked(Launch launch, Exit exit) {
        var status = "the VMM ended unasked (" + exit.words() + ")";
        return new Unasked(status + lastLine(launch).map(line -> ": " + line).orElse(""));
    }

    private static Optional<String> lastLine(Launch launch) {
        try (var file = new RandomAccessFile(launch.log().toFile(), "r")) {
            long start = Math.max(0, file.length() - LOG_TAIL);
            var tail = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .reduce((_, later) -> later);
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
