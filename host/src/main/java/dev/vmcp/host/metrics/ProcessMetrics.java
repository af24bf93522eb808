package dev.vmcp.host.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.vmcp.platform.telemetry.otel.Metric;
import dev.vmcp.platform.telemetry.otel.Readings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// What this process and its JVM use. Names as Prometheus' clients and OpenTelemetry's conventions
/// for JVMs have them.
final class ProcessMetrics {

    private static final Path RESIDENT = Path.of("/proc/self/statm");
    private static final int PAGE = 4096;

    private static final Metric CPU =
            Metric.counter("process_cpu_seconds_total", "CPU time of the host process");
    private static final Metric RSS =
            Metric.gauge(
                    "process_resident_memory_bytes",
                    "Resident memory of the host process, without its VMMs");
    private static final Metric FDS =
            Metric.gauge("process_open_fds", "Open file descriptors of the host process");
    private static final Metric MOST_FDS =
            Metric.gauge("process_max_fds", "How many file descriptors it may have open");
    private static final Metric START =
            Metric.gauge("process_start_time_seconds", "When the host process started, since 1970");
    private static final Metric USED =
            Metric.gauge(
                    "jvm_memory_used_bytes",
                    "Memory of the JVM in use",
                    "jvm_memory_pool_name",
                    "jvm_memory_type");
    private static final Metric COMMITTED =
            Metric.gauge(
                    "jvm_memory_committed_bytes",
                    "Memory that the JVM holds",
                    "jvm_memory_pool_name",
                    "jvm_memory_type");
    private static final Metric GC_COUNT =
            Metric.counter("jvm_gc_collections_total", "Collections, by collector", "jvm_gc_name");
    private static final Metric GC_TIME =
            Metric.counter(
                    "jvm_gc_duration_seconds_total",
                    "Time that collections took, by collector",
                    "jvm_gc_name");
    private static final Metric THREADS =
            Metric.gauge("jvm_threads", "Platform threads of the JVM");

    static final List<Metric> METRICS =
            List.of(CPU, RSS, FDS, MOST_FDS, START, USED, COMMITTED, GC_COUNT, GC_TIME, THREADS);

    private static final AttributeKey<String> POOL = USED.label("jvm_memory_pool_name");
    private static final AttributeKey<String> TYPE = USED.label("jvm_memory_type");
    private static final AttributeKey<String> COLLECTOR = GC_COUNT.label("jvm_gc_name");

    private ProcessMetrics() {}

    static void register(Meter meter) {
        var process = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
        CPU.observe(meter, to -> to.record(process.getProcessCpuTime() / 1e9));
        RSS.observe(meter, to -> to.record(resident()));
        FDS.observe(meter, to -> to.record(process.getOpenFileDescriptorCount()));
        MOST_FDS.observe(meter, to -> to.record(process.getMaxFileDescriptorCount()));
        double start = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;
        START.observe(meter, to -> to.record(start));
        USED.observe(meter, to -> pools(to, pool -> pool.getUsage().getUsed()));
        COMMITTED.observe(meter, to -> pools(to, pool -> pool.getUsage().getCommitted()));
        var threads = ManagementFactory.getThreadMXBean();
        THREADS.observe(meter, to -> to.record(threads.getThreadCount()));
        collectors(meter);
    }

    private static void collectors(Meter meter) {
        var collectors = ManagementFactory.getGarbageCollectorMXBeans();
        GC_COUNT.observe(
                meter,
                to ->
                        collectors.forEach(one ->
                                to.record(
                                        one.getCollectionCount(),
                                        Attributes.of(COLLECTOR, one.getName()))));
        GC_TIME.observe(
                meter,
                to ->
                        collectors.forEach(one ->
                                to.record(
                                        one.getCollectionTime() / 1e3,
                                        Attributes.of(COLLECTOR, one.getName()))));
    }

    private static void pools(Readings to, ToLongFunction<MemoryPoolMXBean> value) {
        for (var pool : ManagementFactory.getMemoryPoolMXBeans()) {
            var type = pool.getType().name().toLowerCase(Locale.ROOT);
            to.record(value.applyAsLong(pool), Attributes.of(POOL, pool.getName(), TYPE, type));
        }
    }

    /// As the kernel counts it; 0 where it does not say.
    private static long resident() {
        try {
            return Long.parseLong(Files.readString(RESIDENT).split(" ", 3)[1]) * PAGE;
        } catch (IOException e) {
            return 0;
        }
    }
}
