package dev.vmcp.cli;

import dev.vmcp.api.host.v1.ListTokensRequest;
import dev.vmcp.api.host.v1.Token;
import dev.vmcp.cli.terminal.Span;
import dev.vmcp.cli.terminal.Table;
import dev.vmcp.cli.terminal.Table.Cell;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp token ls`.
record ListTokens(InstantSource clock) implements Command {

    @Override
    public CommandSpec spec() {
        return HostOptions.add(
                Command.spec(this, "ls", "Lists the tokens of the host, without their texts."));
    }

    @Override
    public ExitCode run(Invocation call) {
        try (var client = call.open()) {
            var answer = client.listTokens(ListTokensRequest.getDefaultInstance());
            switch (call.output()) {
                case JSON -> call.sayJson(answer);
                case NAME -> answer.getTokensList().forEach(one -> call.say(one.getTokenId()));
                case TABLE -> table(answer.getTokensList(), call);
            }
        }
        return ExitCode.OK;
    }

    private void table(List<Token> tokens, Invocation call) {
        if (tokens.isEmpty()) {
            call.terminal().err().println("no tokens; make one with: vmcp token create NAME");
            return;
        }
        var table = new Table("ID", "NAME", "SCOPE", "AGE", "EXPIRES");
        var now = clock.instant();
        for (var one : tokens) {
            var age = Duration.between(Instant.ofEpochMilli(one.getCreatedAtMillis()), now);
            table.add(
                    List.of(
                            Cell.of(one.getTokenId()),
                            Cell.of(one.getName()),
                            Cell.of(one.getScope()),
                            Cell.of(Span.show(age)),
                            Cell.of(expiry(one, now))));
        }
        table.print(call.terminal().out(), call.terminal().colours());
    }

    private static String expiry(Token token, Instant now) {
        if (token.getExpiresAtMillis() == 0) {
            return "never";
        }
        var left = Duration.between(now, Instant.ofEpochMilli(token.getExpiresAtMillis()));
        return left.isNegative() ? "expired" : "in " + Span.show(left);
    }
}
