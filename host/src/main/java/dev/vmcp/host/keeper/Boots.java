package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.host.vmm.VmmTime;
import dev.vmcp.platform.telemetry.otel.Metric;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;

/// Counts and times the starts of VMMs: boots, restores, and restarts that take a new launch.
public final class Boots {

    /// From a Firecracker's 20 ms to a guest that is restored from a slow disk.
    private static final List<Double> SECONDS =
            List.of(
                    .0025, .005, .01, .02, .03, .05, .075, .1, .15, .25, .5, 1.0, 2.5, 5.0, 10.0,
                    30.0, 60.0);

    private static final Metric BOOTS =
            Metric.counter(
                    "vmcp_boots_total",
                    "Starts of VMMs that ended, for boots, restores and restarts by a new launch",
                    "backend",
                    "outcome");
    private static final Metric DURATION =
            Metric.durations(
                    "vmcp_boot_duration_seconds",
                    SECONDS,
                    "How long such a start took, until the virtual CPUs run and the journal has it",
                    "backend",
                    "outcome");
    private static final Metric PART =
            Metric.durations(
                    "vmcp_boot_part_duration_seconds",
                    SECONDS,
                    "How long that of the ones that succeeded was the VMM's and ours",
                    "backend",
                    "part");

    public static final List<Metric> METRICS = List.of(BOOTS, DURATION, PART);

    private static final AttributeKey<String> BACKEND = BOOTS.label("backend");
    private static final AttributeKey<String> OUTCOME = BOOTS.label("outcome");
    private static final AttributeKey<String> OF = PART.label("part");

    private final LongCounter count;
    private final DoubleHistogram duration;
    private final DoubleHistogram part;

    public Boots(Meter meter) {
        count = BOOTS.counter(meter);
        duration = DURATION.durations(meter);
        part = PART.durations(meter);
    }

    /// Takes the step that starts a VMM, and tells what came of it.
    void time(String backend, Runnable start) {
        long began = System.nanoTime();
        var vmm = new VmmTime();
        var outcome = "host";
        try {
            vmm.during(() -> {
                start.run();
                return true;
            });
            outcome = "ok";
        } catch (Halted halted) {
            outcome = outcome(halted.problem());
            throw halted;
        } finally {
            ended(backend, outcome, System.nanoTime() - began, vmm.nanos());
        }
    }

    private void ended(String backend, String outcome, long nanos, long vmmNanos) {
        var labels = Attributes.of(BACKEND, backend, OUTCOME, outcome);
        count.add(1, labels);
        duration.record(nanos / 1e9, labels);
        if (outcome.equals("ok")) {
            part.record(vmmNanos / 1e9, Attributes.of(BACKEND, backend, OF, "vmm"));
            part.record((nanos - vmmNanos) / 1e9, Attributes.of(BACKEND, backend, OF, "vmcp"));
        }
    }

    private static String outcome(Problem problem) {
        if (Thread.currentThread().isInterrupted()) {
            return "overtaken";
        }
        if (problem instanceof Problem.BackendRefused) {
            return "refused";
        }
        return problem instanceof Problem.BackendGone ? "gone" : "host";
    }
}
