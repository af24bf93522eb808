package dev.vmcp.cli;

import dev.vmcp.api.host.v1.CreateTokenRequest;
import dev.vmcp.cli.terminal.Terminal;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// `vmcp token create`. Standard output has the text of the token and nothing else, so that it can
/// be kept by a redirection.
final class CreateToken implements Command {

    @Override
    public CommandSpec spec() {
        var spec =
                Command.spec(
                                this,
                                "create",
                                "Makes a token and prints its text, which nobody can show again.")
                        .addOption(
                                Command.value("SCOPE", "--scope")
                                        .description(
                                                "What it may do: read (default), operate (change"
                                                        + " VMs), or admin (make tokens, too).")
                                        .build())
                        .addOption(
                                HostOptions.duration(
                                        "--expires",
                                        "How long it is worth something, such as 30d. Default: for"
                                                + " ever."));
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index("0")
                        .required(true)
                        .paramLabel("NAME")
                        .type(String.class)
                        .description("What it is for; people see it in lists and in the audit log.")
                        .build());
        return HostOptions.add(spec);
    }

    @Override
    public ExitCode run(Invocation call) {
        var lifetime = call.option("--expires", Duration.ZERO);
        var request =
                CreateTokenRequest.newBuilder()
                        .setName(call.id())
                        .setScope(call.option("--scope", "read"))
                        .setLifetimeSeconds(lifetime.toSeconds())
                        .build();
        try (var client = call.open()) {
            var made = client.createToken(request);
            var token = made.getToken();
            switch (call.output()) {
                case JSON -> call.sayJson(made);
                case NAME -> call.say(token.getTokenId());
                case TABLE -> {
                    call.say(Terminal.harmless(made.getText()));
                    call.terminal()
                            .err()
                            .println(
                                    "token "
                                            + Terminal.harmless(token.getTokenId())
                                            + ", scope "
                                            + Terminal.harmless(token.getScope())
                                            + "; take it back with: vmcp token revoke "
                                            + Terminal.harmless(token.getTokenId()));
                }
            }
        }
        return ExitCode.OK;
    }
}
