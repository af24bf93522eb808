package dev.vmcp.host.metrics;

import dev.vmcp.platform.telemetry.otel.Metric;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.function.LongSupplier;

/// What requests fill of the room for them.
final class RequestMetrics {

    private static final Metric HELD =
            Metric.gauge(
                    "vmcp_request_bytes",
                    "Bytes of requests that are held while they arrive and until they are read");
    private static final Metric LIMIT =
            Metric.gauge("vmcp_request_bytes_limit", "How many there may be");
    private static final Metric REFUSED =
            Metric.counter(
                    "vmcp_requests_without_room_total",
                    "Requests that were turned away because there was no room for their bytes");

    static final List<Metric> METRICS = List.of(HELD, LIMIT, REFUSED);

    private RequestMetrics() {}

    static void register(Meter meter, LongSupplier held, long limit, LongSupplier refused) {
        HELD.observe(meter, to -> to.record(held.getAsLong()));
        LIMIT.observe(meter, to -> to.record(limit));
        REFUSED.observe(meter, to -> to.record(refused.getAsLong()));
    }
}
