package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;

/// Counts the spans that the receiver took and those that it did not, and has it told when it
/// begins or ends to take none.
final class CountedExporter implements SpanExporter {

    private final SpanExporter exporter;
    private final ReceiverNotice notice;
    private final LongAdder sent = new LongAdder();
    private final LongAdder unsent = new LongAdder();

    CountedExporter(SpanExporter exporter, ReceiverNotice notice) {
        this.exporter = exporter;
        this.notice = notice;
    }

    long sent() {
        return sent.sum();
    }

    long unsent() {
        return unsent.sum();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        var result = notice.follow(exporter.export(spans));
        return result.whenComplete(() -> (result.isSuccess() ? sent : unsent).add(count));
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
