package dev.vmcp.host.metrics;

import dev.vmcp.host.keeper.Backends;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.VmView;
import dev.vmcp.platform.telemetry.otel.Metric;
import dev.vmcp.platform.telemetry.otel.Readings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/// How many VMs there are and how they are, and what each of the first [#MOST_VMS] uses. Reads
/// views only: a look waits for no VM.
final class VmMetrics {

    /// A host of thousands must not make tens of thousands of series: the oldest have some of their
    /// own, all are in the sums.
    static final int MOST_VMS = 500;

    private static final List<String> PHASES =
            List.of(
                    "created",
                    "booting",
                    "running",
                    "paused",
                    "stopping",
                    "stopped",
                    "failed",
                    "deleting");

    private static final Metric VMS =
            Metric.gauge("vmcp_vms", "VMs, by backend and recorded phase", "backend", "phase");
    private static final Metric ALIVE =
            Metric.gauge("vmcp_launches_alive", "VMMs that run, ours and attached ones", "backend");
    private static final Metric LEFT_OUT =
            Metric.gauge(
                    "vmcp_vms_without_series",
                    "VMs that have no series of their own, because " + MOST_VMS + " others have");
    private static final Metric UP =
            Metric.gauge("vmcp_vm_running", "1 while the VM's VMM runs, else 0", "backend", "vm");
    private static final Metric CPU =
            Metric.counter(
                    "vmcp_vm_cpu_seconds_total",
                    "CPU time that the VM's VMM has used since it started",
                    "vm");
    private static final Metric MEMORY =
            Metric.gauge(
                    "vmcp_vm_memory_bytes",
                    "Resident memory of the VM's VMM, guest included",
                    "vm");
    private static final Metric DISK =
            Metric.counter(
                    "vmcp_vm_disk_bytes_total",
                    "What the guest has read from and written to its disks",
                    "direction",
                    "vm");
    private static final Metric NETWORK =
            Metric.counter(
                    "vmcp_vm_network_bytes_total",
                    "What the guest has received and sent",
                    "direction",
                    "vm");

    static final List<Metric> METRICS =
            List.of(VMS, ALIVE, LEFT_OUT, UP, CPU, MEMORY, DISK, NETWORK);

    private static final AttributeKey<String> BACKEND = VMS.label("backend");
    private static final AttributeKey<String> PHASE = VMS.label("phase");
    private static final AttributeKey<String> VM = UP.label("vm");
    private static final AttributeKey<String> DIRECTION = DISK.label("direction");

    private final Keepers keepers;

    VmMetrics(Keepers keepers) {
        this.keepers = keepers;
    }

    void register(Meter meter) {
        VMS.observe(meter, this::phases);
        ALIVE.observe(meter, this::alive);
        LEFT_OUT.observe(meter, to -> to.record(Math.max(0, keepers.count() - MOST_VMS)));
        UP.observe(
                meter,
                to ->
                        each((id, view) ->
                                to.record(
                                        view.pid() == 0 ? 0 : 1,
                                        Attributes.of(BACKEND, view.record().backend(), VM, id))));
        CPU.observe(
                meter,
                to -> used((vm, usage) -> to.record(usage.counters().cpuMillis() / 1e3, vm)));
        MEMORY.observe(
                meter, to -> used((vm, usage) -> to.record(usage.counters().memoryBytes(), vm)));
        DISK.observe(
                meter,
                to ->
                        used((vm, usage) -> {
                            var disk = usage.counters().storage();
                            to.record(disk.bytesRead(), toward(vm, "read"));
                            to.record(disk.bytesWritten(), toward(vm, "written"));
                        }));
        NETWORK.observe(
                meter,
                to ->
                        used((vm, usage) -> {
                            var network = usage.counters().network();
                            to.record(network.bytesIn(), toward(vm, "received"));
                            to.record(network.bytesOut(), toward(vm, "sent"));
                        }));
    }

    private void phases(Readings to) {
        Map<Attributes, Integer> counts = new HashMap<>();
        for (var backend : Backends.NAMES) {
            PHASES.forEach(phase -> counts.put(Attributes.of(BACKEND, backend, PHASE, phase), 0));
        }
        for (var keeper : keepers.all()) {
            var record = keeper.view().record();
            var phase = record.phase().word().toLowerCase(Locale.ROOT);
            counts.merge(Attributes.of(BACKEND, record.backend(), PHASE, phase), 1, Integer::sum);
        }
        counts.forEach((labels, count) -> to.record(count, labels));
    }

    private void alive(Readings to) {
        Map<String, Integer> counts = new HashMap<>();
        Backends.NAMES.forEach(backend -> counts.put(backend, 0));
        for (var keeper : keepers.all()) {
            var view = keeper.view();
            counts.merge(view.record().backend(), view.pid() == 0 ? 0 : 1, Integer::sum);
        }
        counts.forEach((backend, count) -> to.record(count, Attributes.of(BACKEND, backend)));
    }

    private void each(BiConsumer<String, VmView> with) {
        int left = MOST_VMS;
        for (var keeper : keepers.all()) {
            if (left-- == 0) {
                return;
            }
            var view = keeper.view();
            with.accept(view.record().id().value(), view);
        }
    }

    private void used(BiConsumer<Attributes, VmView.Usage> with) {
        each((id, view) ->
                view.usage()
                        .filter(_ -> view.pid() != 0)
                        .ifPresent(usage -> with.accept(Attributes.of(VM, id), usage)));
    }

    private static Attributes toward(Attributes vm, String direction) {
        return vm.toBuilder().put(DIRECTION, direction).build();
    }
}
