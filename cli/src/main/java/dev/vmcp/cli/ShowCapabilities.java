package dev.vmcp.cli;

import dev.vmcp.api.host.v1.BackendCapabilities;
import dev.vmcp.api.host.v1.GetCapabilitiesRequest;
import dev.vmcp.api.host.v1.GetCapabilitiesResponse;
import dev.vmcp.cli.terminal.Colour;
import dev.vmcp.cli.terminal.Table;
import dev.vmcp.cli.terminal.Table.Cell;
import dev.vmcp.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp capabilities`.
final class ShowCapabilities implements Command {

    @Override
    public CommandSpec spec() {
        return HostOptions.add(
                Command.spec(
                        this,
                        "capabilities",
                        "Shows what each hypervisor of the host can do, as installed there."));
    }

    @Override
    public ExitCode run(Invocation call) {
        try (var client = call.open()) {
            var answer = client.getCapabilities(GetCapabilitiesRequest.getDefaultInstance());
            switch (call.output()) {
                case JSON -> call.sayJson(answer);
                case NAME -> answer.getBackendsList().forEach(b -> call.say(b.getBackend()));
                case TABLE -> show(answer, call);
            }
        }
        return ExitCode.OK;
    }

    private static void show(GetCapabilitiesResponse answer, Invocation call) {
        var out = call.terminal().out();
        var colours = call.terminal().colours();
        var backends = new Table("BACKEND", "AVAILABLE", "VERSION", "ACCELERATOR", "PATH");
        for (var backend : answer.getBackendsList()) {
            backends.add(
                    List.of(
                            Cell.of(backend.getBackend()),
                            backend.getAvailable()
                                    ? new Cell("yes", Colour.GREEN)
                                    : new Cell("no", Colour.RED),
                            Cell.of(backend.getVersion()),
                            Cell.of(backend.getAccelerator()),
                            Cell.of(backend.getPath())));
        }
        backends.print(out, colours);
        for (var backend : answer.getBackendsList()) {
            if (!backend.getProblem().isEmpty()) {
                call.say(Terminal.harmless(backend.getBackend() + ": " + backend.getProblem()));
            }
        }
        call.say("");
        matrix(answer.getBackendsList()).print(out, colours);
        if (!answer.getDefaultBackend().isEmpty()) {
            call.say("");
            call.say(
                    Terminal.harmless(
                            "default: "
                                    + answer.getDefaultBackend()
                                    + " ("
                                    + answer.getDefaultReason()
                                    + ")"));
        }
    }

    private static Table matrix(List<BackendCapabilities> backends) {
        var heading = new ArrayList<String>(List.of("CAPABILITY"));
        var names = new TreeSet<String>();
        for (var backend : backends) {
            heading.add(backend.getBackend().toUpperCase(Locale.ROOT));
            backend.getCapabilitiesList().forEach(capability -> names.add(capability.getName()));
        }
        var table = new Table(heading.toArray(String[]::new));
        for (var name : names) {
            var row = new ArrayList<Cell>(List.of(Cell.of(name)));
            backends.forEach(backend -> row.add(status(backend, name)));
            table.add(row);
        }
        return table;
    }

    private static Cell status(BackendCapabilities backend, String name) {
        for (var capability : backend.getCapabilitiesList()) {
            if (capability.getName().equals(name)) {
                var colour =
                        switch (capability.getStatus()) {
                            case "supported" -> Colour.GREEN;
                            case "unsupported" -> Colour.RED;
                            default -> Colour.YELLOW;
                        };
                return new Cell(capability.getStatus(), colour);
            }
        }
        return new Cell("-", Colour.GREY);
    }
}
