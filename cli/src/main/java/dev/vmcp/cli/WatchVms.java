package dev.vmcp.cli;

import dev.vmcp.api.host.v1.VmView;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.cli.terminal.Colour;
import dev.vmcp.cli.terminal.Terminal;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// `vmcp vm watch`.
record WatchVms(ZoneId zone) implements Command {
    private static final int MOST_RETRIES = 30;
    private static final Duration BETWEEN_RETRIES = Duration.ofSeconds(1);
    private static final int ID = 24;
    private static final int PHASE = 10;

    @Override
    public CommandSpec spec() {
        var spec =
                Command.spec(
                        this,
                        "watch",
                        "Prints VMs as they are, then each change, until interrupted. Goes on"
                                + " where it was after a restart of the host.");
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index("0")
                        .arity("0..1")
                        .paramLabel("ID")
                        .type(String.class)
                        .description("Only this VM.")
                        .build());
        spec.addOption(Command.flag("--once", "End when the state now is printed."));
        return HostOptions.add(spec);
    }

    @Override
    public ExitCode run(Invocation call) {
        var cursor = "";
        var retries = 0;
        try (var client = call.open()) {
            while (true) {
                try {
                    return follow(client, call, cursor);
                } catch (Interrupted lost) {
                    cursor = lost.cursor.isEmpty() ? cursor : lost.cursor;
                    retries = lost.cursor.isEmpty() ? retries + 1 : 1;
                    if (cursor.isEmpty() || retries > MOST_RETRIES) {
                        throw lost.failure;
                    }
                    call.terminal().err().println("vmcp: connection lost; trying again");
                    call.terminal().flush();
                    pause();
                }
            }
        }
    }

    /// A watch that was cut off after `cursor`.
    private static final class Interrupted extends Exception {
        private static final long serialVersionUID = 1L;
        private final String cursor;
        private final CallFailed failure;

        Interrupted(String cursor, CallFailed failure) {
            super(failure);
            this.cursor = cursor;
            this.failure = failure;
        }
    }

    private ExitCode follow(HostClient client, Invocation call, String from) throws Interrupted {
        var seen = "";
        var request = WatchVmsRequest.newBuilder().setVmId(call.id()).setCursor(from).build();
        try (var stream = client.watchVms(request)) {
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                var event = next.get();
                seen = event.getCursor().isEmpty() ? seen : event.getCursor();
                print(event, call);
                var synced = event.getKind() == WatchVmsResponse.Kind.KIND_SYNCED;
                if (call.terminal().out().checkError() || (synced && call.flag("--once"))) {
                    return ExitCode.OK;
                }
            }
            return ExitCode.OK;
        } catch (CallFailed failure) {
            if (failure.code() == Code.UNAVAILABLE) {
                throw new Interrupted(seen, failure);
            }
            throw failure;
        }
    }

    private void print(WatchVmsResponse event, Invocation call) {
        var shown =
                switch (event.getKind()) {
                    case KIND_CHANGED, KIND_DELETED -> true;
                    case KIND_UNSPECIFIED, KIND_RESET, KIND_SYNCED, KIND_HEARTBEAT, UNRECOGNIZED ->
                            false;
                };
        if (!shown) {
            return;
        }
        switch (call.output()) {
            case JSON -> call.say(JsonText.oneLine(event));
            case NAME -> call.say(event.getVm().getVmId());
            case TABLE -> line(event, call);
        }
    }

    private void line(WatchVmsResponse event, Invocation call) {
        var vm = event.getVm();
        var deleted = event.getKind() == WatchVmsResponse.Kind.KIND_DELETED;
        var phase = deleted ? "Deleted" : vm.getPhase();
        var line =
                time(vm)
                        + "  "
                        + padded(Terminal.harmless(vm.getVmId()), ID)
                        + Colour.ofState(phase)
                                .paint(padded(phase, PHASE), call.terminal().colours())
                        + Terminal.harmless(vm.getBackend() + pid(vm) + reason(vm));
        call.say(line.stripTrailing());
    }

    private String time(VmView vm) {
        var at = vm.getObservedAtMillis() > 0 ? vm.getObservedAtMillis() : vm.getModifiedAtMillis();
        var time = Instant.ofEpochMilli(at).atZone(zone).toLocalTime();
        var text = time.truncatedTo(ChronoUnit.SECONDS).toString();
        return text.length() == 5 ? text + ":00" : text;
    }

    private static String pid(VmView vm) {
        return vm.getPid() > 0 ? " pid " + vm.getPid() : "";
    }

    private static String reason(VmView vm) {
        return vm.getReason().isEmpty() ? "" : "  " + vm.getReason();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_RETRIES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
