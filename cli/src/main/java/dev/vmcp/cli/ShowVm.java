package dev.vmcp.cli;

import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.NetworkInterface;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.cli.terminal.ByteSize;
import dev.vmcp.cli.terminal.Colour;
import dev.vmcp.cli.terminal.Span;
import dev.vmcp.cli.terminal.Terminal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp vm info`.
final class ShowVm implements Command {
    private static final int LABEL = 12;

    /// What the line of the state says already.
    private static final List<String> WITH_STATE = List.of("phase", "observed_at");

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(this, "info", "Shows one VM: what was asked, and what was seen.");
        return HostOptions.add(spec.addPositional(Command.vmId()));
    }

    @Override
    public ExitCode run(Invocation call) {
        try (var client = call.open()) {
            var info = client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(call.id()).build());
            switch (call.output()) {
                case JSON -> call.sayJson(info);
                case NAME -> call.say(info.getVmId());
                case TABLE -> show(info, call);
            }
        }
        return ExitCode.OK;
    }

    private static void show(GetVmInfoResponse info, Invocation call) {
        var config = info.getConfig();
        var state = States.show(info.getState());
        line(call, "id", info.getVmId());
        call.say(
                label("state")
                        + Colour.ofState(state).paint(state, call.terminal().colours())
                        + Terminal.harmless(seen(info)));
        var max = config.getCpu().getMaxVcpuCount();
        line(
                call,
                "cpus",
                config.getCpu().getVcpuCount() + (max > 0 ? " (at most " + max + ")" : ""));
        line(call, "memory", ByteSize.show(config.getMemory().getSizeBytes()));
        line(call, "kernel", config.getBoot().getKernelPath());
        line(call, "initrd", config.getBoot().getInitrdPath());
        line(call, "args", config.getBoot().getKernelArgs());
        config.getStorageList().forEach(disk -> line(call, "disk", disk(disk)));
        config.getNetworkList().forEach(net -> line(call, "net", net(net)));
        line(call, "console", config.getConsole().getOutput());
        new TreeMap<>(config.getMetadataMap())
                .forEach((key, value) -> line(call, "metadata", key + "=" + value));
        if (info.hasMetrics()) {
            metrics(info, call);
        }
        new TreeMap<>(info.getBackendInfoMap())
                .forEach((key, value) -> {
                    if (!WITH_STATE.contains(key)) {
                        line(call, key.replace('_', ' '), value);
                    }
                });
    }

    private static String seen(GetVmInfoResponse info) {
        var phase = info.getBackendInfoOrDefault("phase", "");
        var at = info.getBackendInfoOrDefault("observed_at", "");
        return (phase.isEmpty() ? "" : ", phase " + phase)
                + (at.isEmpty() ? "" : ", observed at " + at);
    }

    private static void metrics(GetVmInfoResponse info, Invocation call) {
        var metrics = info.getMetrics();
        var net = metrics.getNetworkStats();
        var disk = metrics.getStorageStats();
        line(
                call,
                "use",
                String.format(Locale.ROOT, "%.1f %% cpu, ", metrics.getCpuUsagePercent())
                        + ByteSize.show(metrics.getMemoryUsageBytes())
                        + " memory, up "
                        + Span.show(Duration.ofSeconds(metrics.getUptimeSeconds())));
        line(call, "traffic", both(net.getBytesReceived(), net.getBytesTransmitted(), "out"));
        line(call, "transfer", both(disk.getBytesRead(), disk.getBytesWritten(), "written"));
    }

    private static String both(long in, long out, String name) {
        var first = name.equals("out") ? " in, " : " read, ";
        return ByteSize.show(in) + first + ByteSize.show(out) + " " + name;
    }

    private static String disk(StorageDevice disk) {
        return disk.getPath()
                + (disk.getReadOnly() ? ",ro" : "")
                + (disk.getIsRootDevice() ? ",root" : "")
                + part("id", disk.getId())
                + part("interface", disk.getInterfaceType())
                + options(disk.getOptionsMap());
    }

    private static String net(NetworkInterface net) {
        return "tap="
                + net.getTapDevice()
                + part("mac", net.getMacAddress())
                + part("id", net.getId())
                + part("type", net.getInterfaceType())
                + options(net.getOptionsMap());
    }

    private static String options(Map<String, String> options) {
        var text = new StringBuilder();
        new TreeMap<>(options).forEach((key, value) -> text.append(part(key, value)));
        return text.toString();
    }

    private static String part(String key, String value) {
        return value.isEmpty() ? "" : "," + key + "=" + value;
    }

    /// Nothing for an empty value.
    private static void line(Invocation call, String name, String value) {
        if (!value.isEmpty()) {
            call.say(label(name) + Terminal.harmless(value));
        }
    }

    private static String label(String name) {
        return name + " ".repeat(Math.max(1, LABEL - name.length()));
    }
}
