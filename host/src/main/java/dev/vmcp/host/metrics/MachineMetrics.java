package dev.vmcp.host.metrics;

import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.health.MachineFacts;
import dev.vmcp.host.keeper.Backends;
import dev.vmcp.host.keeper.Capacity;
import dev.vmcp.platform.telemetry.otel.Metric;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/// What the machine has left, and the hypervisors on it.
final class MachineMetrics {

    private static final Metric AVAILABLE =
            Metric.gauge(
                    "vmcp_machine_memory_available_bytes",
                    "Memory of the machine that programs can still get");
    private static final Metric TOTAL =
            Metric.gauge("vmcp_machine_memory_bytes", "Memory of the machine");
    private static final Metric CLAIMED =
            Metric.gauge(
                    "vmcp_guest_memory_claimed_bytes",
                    "Memory of the guests that run or start, as their configurations have it");
    private static final Metric LIMIT =
            Metric.gauge("vmcp_guest_memory_limit_bytes", "What of it this host gives out at most");
    private static final Metric FREE =
            Metric.gauge(
                    "vmcp_data_directory_free_bytes",
                    "What is left for us of the file system of the data directory");
    private static final Metric INSTALLED =
            Metric.gauge(
                    "vmcp_backend_installed",
                    "1 where the hypervisor can be used, else 0",
                    "backend");
    private static final Metric PRINTED =
            Metric.counter(
                    "vmcp_console_bytes_total",
                    "What guests printed on their serial ports since the host started");
    private static final Metric DROPPED =
            Metric.counter(
                    "vmcp_console_dropped_bytes_total",
                    "What of it could not be kept, such as on a full disk");

    static final List<Metric> METRICS =
            List.of(TOTAL, AVAILABLE, LIMIT, CLAIMED, FREE, INSTALLED, PRINTED, DROPPED);

    private MachineMetrics() {}

    static void machine(Meter meter, Capacity capacity, Path data) {
        TOTAL.observe(meter, to -> to.record(MachineFacts.memory().total()));
        AVAILABLE.observe(meter, to -> to.record(MachineFacts.memory().available()));
        LIMIT.observe(meter, to -> to.record(capacity.limit()));
        CLAIMED.observe(meter, to -> to.record(capacity.used()));
        FREE.observe(meter, to -> to.record(free(data)));
    }

    static void backends(Meter meter, Backends backends) {
        var name = INSTALLED.label("backend");
        INSTALLED.observe(
                meter,
                to ->
                        backends.describe()
                                .backends()
                                .forEach(one ->
                                        to.record(
                                                one.probe() instanceof Probe.Installed ? 1 : 0,
                                                Attributes.of(name, one.name()))));
    }

    static void consoles(Meter meter, LongSupplier printed, LongSupplier dropped) {
        PRINTED.observe(meter, to -> to.record(printed.getAsLong()));
        DROPPED.observe(meter, to -> to.record(dropped.getAsLong()));
    }

    /// 0 where it cannot be read: nothing can be written there either.
    private static long free(Path data) {
        try {
            return Files.getFileStore(data).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }
}
