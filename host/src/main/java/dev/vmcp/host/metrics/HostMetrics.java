package dev.vmcp.host.metrics;

import dev.vmcp.host.console.Consoles;
import dev.vmcp.host.journal.TimedJournal;
import dev.vmcp.host.keeper.Backends;
import dev.vmcp.host.keeper.Boots;
import dev.vmcp.host.keeper.Capacity;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.platform.telemetry.otel.Metric;
import dev.vmcp.platform.telemetry.otel.RpcTelemetry;
import dev.vmcp.platform.telemetry.otel.Telemetry;
import io.opentelemetry.api.metrics.Meter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// All metrics of a host.
public final class HostMetrics {

    /// What of a host is looked at.
    ///
    /// @param data its data directory
    public record Sources(
            Keepers keepers, Backends backends, Capacity capacity, Consoles consoles, Path data) {}

    private HostMetrics() {}

    /// Tells of these whenever somebody looks.
    public static void register(Meter meter, Sources of) {
        new VmMetrics(of.keepers()).register(meter);
        MachineMetrics.machine(meter, of.capacity(), of.data());
        MachineMetrics.backends(meter, of.backends());
        MachineMetrics.consoles(meter, of.consoles()::bytes, of.consoles()::lostBytes);
        ProcessMetrics.register(meter);
    }

    /// Tells also of the requests that a server holds.
    ///
    /// @param limit bytes of all of them
    public static void requests(Meter meter, LongSupplier held, long limit, LongSupplier refused) {
        RequestMetrics.register(meter, held, limit, refused);
    }

    /// Every metric there is, by what it is about.
    public static Map<String, List<Metric>> documented() {
        var groups = new LinkedHashMap<String, List<Metric>>();
        groups.put("Calls", RpcTelemetry.METRICS);
        groups.put("Requests", RequestMetrics.METRICS);
        groups.put("Boots", Boots.METRICS);
        groups.put("VMs", VmMetrics.METRICS);
        groups.put("Journal", TimedJournal.METRICS);
        groups.put("Machine", MachineMetrics.METRICS);
        groups.put("Process", ProcessMetrics.METRICS);
        groups.put("Telemetry", Telemetry.METRICS);
        return groups;
    }

    /// The page of `docs/` about metrics.
    static String reference() {
        return """
        # Metrics of a host

        Made from the declarations in the code; a test fails when it is out of date and says how to renew it. Another scrapes
        a running host with Prometheus and finds all of this there, and nothing else.

        With `UNKEY_VMCP_OTEL_ENABLED=true` metrics are pushed by OTLP every 15 seconds, and pulled from `/metrics` on the API's
        port and on port 9464. Names and labels are the same both ways. `target_info` has the service's name, version and instance.

        | label | values |
        |---|---|
        | `rpc_method` | a method that is served, as in `vmm.v1.VmService/BootVm`; never what a caller made up |
        | `rpc_status` | `ok` or a Connect code, as in `not_found` |
        | `backend` | `cloudhypervisor`, `firecracker`, `qemu`, `mvisor` |
        | `phase` | `created`, `booting`, `running`, `paused`, `stopping`, `stopped`, `failed`, `deleting` |
        | `outcome` | of a boot: `ok`; `refused` by the VMM; `gone`: the VMM ended or did not answer; `host`: this host would not or could not; `overtaken` by force. Of a commit: `ok`, `failed` |
        | `part` | `vmm`: waiting for the VMM to listen and to answer; `vmcp`: all else, the journal included |
        | `vm` | the VM's id, for the oldest %d VMs |
        | `direction` | `read`, `written`; `received`, `sent`, as the guest sees it |

        %s\
        """
                .formatted(
                        VmMetrics.MOST_VMS,
                        documented().entrySet().stream()
                                .map(group -> section(group.getKey(), group.getValue()))
                                .collect(Collectors.joining("\n")));
    }

    private static String section(String title, List<Metric> metrics) {
        return "## "
                + title
                + "\n\n| metric | kind | labels | |\n|---|---|---|---|\n"
                + metrics.stream().map(HostMetrics::row).collect(Collectors.joining());
    }

    private static String row(Metric metric) {
        return "| `%s` | %s | %s | %s |\n"
                .formatted(
                        metric.name(),
                        metric.kind().name().toLowerCase(Locale.ROOT),
                        metric.labels().stream()
                                .map(label -> "`" + label + "`")
                                .collect(Collectors.joining(", ")),
                        metric.says());
    }
}
