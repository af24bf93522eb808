package dev.vmcp.cli;

import dev.vmcp.api.host.v1.GetLogLevelRequest;
import dev.vmcp.api.host.v1.SetLogLevelRequest;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// `vmcp log-level`.
final class LogLevel implements Command {

    @Override
    public CommandSpec spec() {
        return HostOptions.add(
                Command.spec(
                                this,
                                "log-level",
                                "Shows the least level that the host logs, or changes it until the"
                                        + " host ends.")
                        .addPositional(
                                PositionalParamSpec.builder()
                                        .index("0")
                                        .arity("0..1")
                                        .paramLabel("LEVEL")
                                        .type(String.class)
                                        .description("error, warn, info, debug or trace.")
                                        .build())
                        .addOption(
                                Command.value("TIME", "--for")
                                        .type(Duration.class)
                                        .converters(new Converters.OfTime())
                                        .description(
                                                "How long, such as 10m; then it is what the"
                                                        + " configuration says.")
                                        .build()));
    }

    @Override
    public ExitCode run(Invocation call) {
        try (var client = call.open()) {
            if (call.id().isEmpty()) {
                var answer = client.getLogLevel(GetLogLevelRequest.getDefaultInstance());
                switch (call.output()) {
                    case JSON -> call.sayJson(answer);
                    case NAME -> call.say(answer.getLevel());
                    case TABLE ->
                            call.say(
                                    answer.getLevel()
                                            + " (configured: "
                                            + answer.getConfigured()
                                            + ")");
                }
                return ExitCode.OK;
            }
            var wish =
                    SetLogLevelRequest.newBuilder()
                            .setLevel(call.id())
                            .setForSeconds(call.option("--for", Duration.ZERO).toSeconds());
            var answer = client.setLogLevel(wish.build());
            switch (call.output()) {
                case JSON -> call.sayJson(answer);
                case NAME -> call.say(call.id());
                case TABLE -> call.say(call.id() + " (before: " + answer.getBefore() + ")");
            }
        }
        return ExitCode.OK;
    }
}
