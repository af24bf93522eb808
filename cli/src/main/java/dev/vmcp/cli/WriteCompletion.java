package dev.vmcp.cli;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// `vmcp completion`.
final class WriteCompletion implements Command {

    @Override
    public CommandSpec spec() {
        var spec =
                Command.spec(
                        this,
                        "completion",
                        "Prints a script that completes vmcp's words in a shell. In bash or zsh:"
                                + " source <(vmcp completion bash)");
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index("0")
                        .required(true)
                        .paramLabel("SHELL")
                        .type(String.class)
                        .completionCandidates(List.of("bash", "zsh"))
                        .description("bash or zsh.")
                        .build());
        return spec;
    }

    @Override
    public ExitCode run(Invocation call) {
        return switch (call.id()) {
            case "bash", "zsh" -> {
                // One script serves both: it turns on bash's way of completion under zsh itself.
                call.say(AutoComplete.bash("vmcp", new CommandLine(Commands.root())));
                yield ExitCode.OK;
            }
            case String other ->
                    throw new UsageException("SHELL: '" + other + "' (expected: bash or zsh)");
        };
    }
}
