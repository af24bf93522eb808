package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;

/// Takes what a metric shows now: one value for each set of labels. Whole numbers are exact up to
/// 2^53.
public final class Readings {

    private final ObservableDoubleMeasurement to;

    Readings(ObservableDoubleMeasurement to) {
        this.to = to;
    }

    public void record(double value) {
        to.record(value);
    }

    public void record(long value) {
        to.record((double) value);
    }

    public void record(double value, Attributes labels) {
        to.record(value, labels);
    }

    public void record(long value, Attributes labels) {
        to.record((double) value, labels);
    }
}
