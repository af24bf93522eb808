package dev.vmcp.cli;

import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.ListVmsResponse;
import dev.vmcp.api.vmm.v1.VmInfo;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.cli.terminal.ByteSize;
import dev.vmcp.cli.terminal.Colour;
import dev.vmcp.cli.terminal.Span;
import dev.vmcp.cli.terminal.Table;
import dev.vmcp.cli.terminal.Table.Cell;
import dev.vmcp.client.HostClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp vm ls`.
record ListVms(InstantSource clock) implements Command {
    private static final int PAGE = 1_000;

    @Override
    public CommandSpec spec() {
        var spec =
                Command.spec(this, "ls", "Lists the VMs of the host, oldest first.")
                        .addOption(
                                Command.value("STATE[,STATE]", "--state")
                                        .type(List.class)
                                        .auxiliaryTypes(String.class)
                                        .arity("1")
                                        .description(
                                                "Only these: created, running, paused,"
                                                        + " shutdown.")
                                        .build());
        return HostOptions.add(spec);
    }

    @Override
    public ExitCode run(Invocation call) {
        var request = ListVmsRequest.newBuilder().setPageSize(PAGE);
        for (var names : call.all("--state")) {
            try {
                request.addAllStateFilter(States.parse(names));
            } catch (IllegalArgumentException e) {
                throw new UsageException("--state: " + e.getMessage());
            }
        }
        try (var client = call.open()) {
            var all = all(client, request);
            switch (call.output()) {
                case JSON -> call.sayJson(all);
                case NAME -> all.getVmsList().forEach(vm -> call.say(vm.getVmId()));
                case TABLE -> table(all.getVmsList(), call);
            }
        }
        return ExitCode.OK;
    }

    /// Every page as one.
    private static ListVmsResponse all(HostClient client, ListVmsRequest.Builder request) {
        var all = ListVmsResponse.newBuilder();
        var token = "";
        do {
            var page = client.listVms(request.setPageToken(token).build());
            all.addAllVms(page.getVmsList()).setTotalCount(page.getTotalCount());
            if (page.getNextPageToken().equals(token)) {
                return all.build();
            }
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return all.build();
    }

    private void table(List<VmInfo> vms, Invocation call) {
        if (vms.isEmpty()) {
            call.terminal().err().println("no VMs; create one with: vmcp vm create --help");
            return;
        }
        var table = new Table("ID", "STATE", "CPUS", "MEMORY", "AGE", "METADATA");
        var now = clock.instant();
        for (var vm : vms) {
            table.add(
                    List.of(
                            Cell.of(vm.getVmId()),
                            state(vm.getState()),
                            Cell.of(Integer.toString(vm.getVcpuCount())),
                            Cell.of(ByteSize.show(vm.getMemorySizeBytes())),
                            Cell.of(age(vm.getCreatedTimestamp(), now)),
                            Cell.of(metadata(vm))));
        }
        table.print(call.terminal().out(), call.terminal().colours());
    }

    private static Cell state(VmState state) {
        var name = States.show(state);
        return new Cell(name, Colour.ofState(name));
    }

    private static String age(long created, Instant now) {
        return Span.show(Duration.between(Instant.ofEpochSecond(created), now));
    }

    private static String metadata(VmInfo vm) {
        return vm.getMetadataMap().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
    }
}
