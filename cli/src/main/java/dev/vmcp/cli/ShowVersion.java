package dev.vmcp.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp version`.
final class ShowVersion implements Command {

    @Override
    public CommandSpec spec() {
        return Command.spec(this, "version", "Shows the version of vmcp and of its Java.");
    }

    @Override
    public ExitCode run(Invocation call) {
        call.say("vmcp " + version() + " (Java " + Runtime.version() + ")");
        return ExitCode.OK;
    }

    private static String version() {
        try (var in = ShowVersion.class.getResourceAsStream("version.txt")) {
            return in == null
                    ? "of an unknown build"
                    : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "of an unknown build";
        }
    }
}
