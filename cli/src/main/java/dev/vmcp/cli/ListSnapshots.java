package dev.vmcp.cli;

import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.host.v1.Snapshot;
import dev.vmcp.cli.terminal.ByteSize;
import dev.vmcp.cli.terminal.Span;
import dev.vmcp.cli.terminal.Table;
import dev.vmcp.cli.terminal.Table.Cell;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp snapshot ls`.
record ListSnapshots(InstantSource clock) implements Command {

    @Override
    public CommandSpec spec() {
        return HostOptions.add(
                Command.spec(this, "ls", "Lists the snapshots of the host, oldest first.")
                        .addOption(
                                Command.value("ID", "--vm")
                                        .description("Only of this VM.")
                                        .build()));
    }

    @Override
    public ExitCode run(Invocation call) {
        var request = ListSnapshotsRequest.newBuilder().setVmId(call.option("--vm", "")).build();
        try (var client = call.open()) {
            var answer = client.listSnapshots(request);
            switch (call.output()) {
                case JSON -> call.sayJson(answer);
                case NAME -> answer.getSnapshotsList().forEach(s -> call.say(s.getSnapshotId()));
                case TABLE -> table(answer.getSnapshotsList(), call);
            }
        }
        return ExitCode.OK;
    }

    private static String kind(Snapshot one) {
        if (!one.getDiff()) {
            return "full";
        }
        return one.getBaseId().isEmpty() ? "diff" : "diff of " + one.getBaseId();
    }

    private void table(List<Snapshot> snapshots, Invocation call) {
        if (snapshots.isEmpty()) {
            call.terminal().err().println("no snapshots; take one with: vmcp vm snapshot ID");
            return;
        }
        var table = new Table("ID", "VM", "KIND", "SIZE", "BACKEND", "VERSION", "AGE");
        var now = clock.instant();
        for (var one : snapshots) {
            var age = Duration.between(Instant.ofEpochMilli(one.getCreatedAtMillis()), now);
            table.add(
                    List.of(
                            Cell.of(one.getSnapshotId()),
                            Cell.of(one.getVmId()),
                            Cell.of(kind(one)),
                            Cell.of(ByteSize.show(one.getSizeBytes())),
                            Cell.of(one.getBackend()),
                            Cell.of(one.getBackendVersion()),
                            Cell.of(Span.show(age))));
        }
        table.print(call.terminal().out(), call.terminal().colours());
    }
}
