package dev.vmcp.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// One command. Described by a specification in code, not by annotations: reading those by
/// reflection would take a good part of the time that a command may take.
interface Command {

    /// Its name, its options and what help says of it.
    CommandSpec spec();

    ExitCode run(Invocation invocation);

    /// A specification of `command` that has `--help` and nothing else yet.
    static CommandSpec spec(Object command, String name, String... description) {
        var spec = CommandSpec.wrapWithoutInspection(command).name(name);
        spec.usageMessage().description(description).abbreviateSynopsis(true);
        return spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this.")
                        .build());
    }

    /// An option that takes one value.
    static OptionSpec.Builder value(String label, String... names) {
        return OptionSpec.builder(names).paramLabel(label).type(String.class);
    }

    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).type(boolean.class).description(description).build();
    }

    static PositionalParamSpec vmId() {
        return PositionalParamSpec.builder()
                .index("0")
                .required(true)
                .paramLabel("ID")
                .type(String.class)
                .description("The VM.")
                .build();
    }
}
