package dev.vmcp.cli;

import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.client.HostClient;
import java.io.ByteArrayOutputStream;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp vm console`.
final class ReadConsole implements Command {
    private static final long BACKLOG = 4_096;
    private static final long LONGEST_TAIL = 1 << 20;
    private static final long BYTES_PER_LINE = 256;

    @Override
    public CommandSpec spec() {
        var spec =
                Command.spec(
                        this,
                        "console",
                        "Attaches to a VM's serial console. Leave a terminal with Ctrl-]. Without a"
                                + " terminal, standard input is sent to the guest.");
        spec.addPositional(Command.vmId());
        spec.addOption(Command.flag("--no-follow", "Print what is kept, and end."));
        spec.addOption(
                Command.value("N", "--tail")
                        .type(Integer.class)
                        .description("Print the last N lines, and end.")
                        .build());
        return HostOptions.withoutOutput(spec);
    }

    @Override
    public ExitCode run(Invocation call) {
        try (var client = call.open()) {
            var lines = call.option("--tail", -1);
            if (lines >= 0) {
                tail(client, call, lines);
            } else if (call.flag("--no-follow")) {
                print(client, call);
            } else {
                new AttachedConsole(client, call.id(), call.terminal()).run(-BACKLOG);
            }
        }
        return ExitCode.OK;
    }

    private static void print(HostClient client, Invocation call) {
        try (var stream = client.readConsole(request(call, 0))) {
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                var bytes = next.get().getData().toByteArray();
                call.terminal().out().write(bytes, 0, bytes.length);
            }
        }
    }

    private static void tail(HostClient client, Invocation call, int lines) {
        var cursor = -Math.clamp(lines * BYTES_PER_LINE, 1, LONGEST_TAIL);
        var kept = new ByteArrayOutputStream();
        try (var stream = client.readConsole(request(call, cursor))) {
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                kept.writeBytes(next.get().getData().toByteArray());
            }
        }
        var bytes = kept.toByteArray();
        var start = startOfLast(lines, bytes);
        call.terminal().out().write(bytes, start, bytes.length - start);
    }

    /// Where the last `lines` lines begin; a line feed at the very end does not begin another.
    static int startOfLast(int lines, byte[] bytes) {
        var left = lines;
        for (var i = bytes.length - 2; i >= 0; i--) {
            if (bytes[i] == '\n' && --left == 0) {
                return i + 1;
            }
        }
        return lines == 0 ? bytes.length : 0;
    }

    private static ReadConsoleRequest request(Invocation call, long cursor) {
        return ReadConsoleRequest.newBuilder().setVmId(call.id()).setCursor(cursor).build();
    }
}
