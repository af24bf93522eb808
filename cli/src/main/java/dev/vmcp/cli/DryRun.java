package dev.vmcp.cli;

import dev.vmcp.api.host.v1.ExplainBackendRequest;
import dev.vmcp.api.host.v1.ExplainBackendResponse;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.cli.terminal.Colour;
import dev.vmcp.cli.terminal.Table;
import dev.vmcp.cli.terminal.Table.Cell;
import dev.vmcp.cli.terminal.Terminal;
import dev.vmcp.client.HostClient;
import java.util.List;

/// `vmcp vm create --dry-run`: what a create would come to.
final class DryRun {

    private DryRun() {}

    static ExitCode show(Invocation call, HostClient client, CreateVmRequest request) {
        var question =
                ExplainBackendRequest.newBuilder()
                        .setConfig(request.getConfig())
                        .setBackend(request.getBackend());
        var answer = client.explainBackend(question.build());
        switch (call.output()) {
            case JSON -> call.sayJson(answer);
            case NAME -> call.say(answer.getBackend());
            case TABLE -> table(call, answer);
        }
        return answer.getBackend().isEmpty() ? ExitCode.UNSUPPORTED : ExitCode.OK;
    }

    private static void table(Invocation call, ExplainBackendResponse answer) {
        var none = answer.getBackend().isEmpty();
        call.say(
                Terminal.harmless(
                        (none ? "refused" : answer.getBackend()) + ": " + answer.getReason()));
        call.say("");
        var table = new Table("BACKEND", "POSSIBLE", "WHY");
        for (var verdict : answer.getVerdictsList()) {
            table.add(
                    List.of(
                            Cell.of(verdict.getBackend()),
                            verdict.getPossible()
                                    ? new Cell("yes", Colour.GREEN)
                                    : new Cell("no", Colour.RED),
                            Cell.of(verdict.getReason())));
        }
        table.print(call.terminal().out(), call.terminal().colours());
    }
}
