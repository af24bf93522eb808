package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.List;
import java.util.function.Consumer;

/// One metric as it is documented. Its instrument is made from this, so that neither has what the
/// other lacks.
///
/// @param name the same for Prometheus and over OTLP; ends with the unit, and `_total` if it counts
/// @param unit `s`, `By` or empty
/// @param labels names of all labels that a series of it has
/// @param buckets upper bounds; empty unless it is a histogram
/// @param says what it tells, in one sentence
public record Metric(
        String name,
        Kind kind,
        String unit,
        List<String> labels,
        List<Double> buckets,
        String says) {

    /// How the values of a metric are to be read.
    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    public Metric {
        labels = List.copyOf(labels);
        buckets = List.copyOf(buckets);
    }

    /// Only grows.
    public static Metric counter(String name, String says, String... labels) {
        return new Metric(name, Kind.COUNTER, unit(name), List.of(labels), List.of(), says);
    }

    /// Goes up and down.
    public static Metric gauge(String name, String says, String... labels) {
        return new Metric(name, Kind.GAUGE, unit(name), List.of(labels), List.of(), says);
    }

    /// Durations in seconds, sorted into `buckets`.
    public static Metric durations(
            String name, List<Double> buckets, String says, String... labels) {
        return new Metric(name, Kind.HISTOGRAM, unit(name), List.of(labels), buckets, says);
    }

    /// The label as the API wants it.
    ///
    /// @throws IllegalStateException when this metric is not documented to have it
    public AttributeKey<String> label(String label) {
        if (!labels.contains(label)) {
            throw new IllegalStateException(
                    "label: " + label + " (expected: one of " + labels + ")");
        }
        return AttributeKey.stringKey(label);
    }

    /// An instrument that is told of each event.
    public LongCounter counter(Meter meter) {
        return meter.counterBuilder(name).setDescription(says).setUnit(unit).build();
    }

    /// An instrument that is told of each duration.
    public DoubleHistogram durations(Meter meter) {
        return meter.histogramBuilder(name)
                .setDescription(says)
                .setUnit(unit)
                .setExplicitBucketBoundariesAdvice(buckets)
                .build();
    }

    /// As [#observe], of whole numbers.
    void observeWhole(Meter meter, Consumer<ObservableLongMeasurement> source) {
        switch (kind) {
            case COUNTER -> {
                var _ =
                        meter.counterBuilder(name)
                                .setDescription(says)
                                .setUnit(unit)
                                .buildWithCallback(source);
            }
            case GAUGE -> {
                var _ =
                        meter.gaugeBuilder(name)
                                .ofLongs()
                                .setDescription(says)
                                .setUnit(unit)
                                .buildWithCallback(source);
            }
            case HISTOGRAM -> throw notObserved();
        }
    }

    private IllegalStateException notObserved() {
        return new IllegalStateException("metric: " + name + " (expected: a counter or a gauge)");
    }

    /// Asks `source` for the values whenever somebody looks.
    public void observe(Meter meter, Consumer<Readings> source) {
        switch (kind) {
            case COUNTER -> {
                var _ =
                        meter.counterBuilder(name)
                                .ofDoubles()
                                .setDescription(says)
                                .setUnit(unit)
                                .buildWithCallback(to -> source.accept(new Readings(to)));
            }
            case GAUGE -> {
                var _ =
                        meter.gaugeBuilder(name)
                                .setDescription(says)
                                .setUnit(unit)
                                .buildWithCallback(to -> source.accept(new Readings(to)));
            }
            case HISTOGRAM -> throw notObserved();
        }
    }

    private static String unit(String name) {
        var base = name.replaceFirst("_total$", "");
        if (base.endsWith("_seconds")) {
            return "s";
        }
        return base.endsWith("_bytes") ? "By" : "";
    }
}
