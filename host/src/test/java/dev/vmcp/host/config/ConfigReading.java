package dev.vmcp.host.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vmcp.platform.config.Startup;
import dev.vmcp.platform.config.Startup.End;
import dev.vmcp.platform.config.Startup.Go;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/// Reads configurations as a program that starts, and keeps what it would have printed.
final class ConfigReading {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    /// One that is to be good.
    HostConfig good(Program program, List<String> flags, Map<String, String> environment) {
        return switch (read(program, flags, environment)) {
            case Go<HostConfig>(var config) -> config;
            case End<HostConfig> _ -> throw new AssertionError(errors());
        };
    }

    Startup<HostConfig> read(Program program, List<String> flags, Map<String, String> environment) {
        var output = new PrintStream(printed, true, UTF_8);
        return HostConfig.read(program, flags, environment, new Startup.Output(output, output));
    }

    /// All that was printed so far.
    String errors() {
        return printed.toString(UTF_8);
    }
}
