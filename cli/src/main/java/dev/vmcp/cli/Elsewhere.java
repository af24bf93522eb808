package dev.vmcp.cli;

import picocli.CommandLine.Model.CommandSpec;

/// A command that the launcher starts with the host's class path, and help lists with the others.
record Elsewhere(String name, String description) implements Command {

    @Override
    public CommandSpec spec() {
        return Command.spec(this, name, description);
    }

    @Override
    public ExitCode run(Invocation call) {
        throw new UsageException(
                "'" + name + "' needs the launcher (expected: the script build/vmcp starts it)");
    }
}
