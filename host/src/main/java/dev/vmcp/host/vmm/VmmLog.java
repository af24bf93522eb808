package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.Launch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/// What a VMM wrote on standard output and error, for messages to callers.
public final class VmmLog {

    private static final int READ = 8192;
    private static final int LONGEST = 400;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private VmmLog() {}

    /// The last complaint, without paths of ours; empty when there is none.
    ///
    /// @param prefix what a complaint begins with; it is left out
    public static String lastWords(Launch launch, Pattern prefix) {
        return tail(launch)
                .lines()
                .filter(line -> prefix.matcher(line).find() && !line.contains("warning: "))
                .reduce((_, last) -> last)
                .map(line -> prefix.matcher(line).replaceFirst(""))
                .map(line -> line.replace(launch.directory().toString(), "<launch>"))
                .map(line -> CONTROL.matcher(line).replaceAll(" ").strip())
                .map(line -> line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line)
                .orElse("");
    }

    private static String tail(Launch launch) {
        try (var file = FileChannel.open(launch.log(), StandardOpenOption.READ)) {
            var buffer = ByteBuffer.allocate(READ);
            file.position(Math.max(0, file.size() - READ));
            while (buffer.hasRemaining() && file.read(buffer) >= 0) {}
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
