package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.sdk.common.CompletableResultCode;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says that the receiver of one kind of telemetry takes nothing any more, and that it does again:
/// once each, however often it is tried. Safe for use by many threads.
final class ReceiverNotice {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiverNotice.class);

    private final String signal;
    private final String endpoint;
    private final AtomicBoolean away = new AtomicBoolean();

    /// @param signal what is sent, such as `traces`
    ReceiverNotice(String signal, String endpoint) {
        this.signal = signal;
        this.endpoint = endpoint;
    }

    /// `result`, whose end is looked at.
    CompletableResultCode follow(CompletableResultCode result) {
        return result.whenComplete(() -> {
            if (!result.isSuccess()) {
                failed(result.getFailureThrowable());
            } else if (away.compareAndSet(true, false)) {
                LOG.atInfo()
                        .addKeyValue("event", "telemetry.sent")
                        .addKeyValue("signal", signal)
                        .addKeyValue("endpoint", endpoint)
                        .log("the receiver takes telemetry again");
            }
        });
    }

    private void failed(@Nullable Throwable why) {
        if (away.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("event", "telemetry.unsent")
                    .addKeyValue("signal", signal)
                    .addKeyValue("endpoint", endpoint)
                    .addKeyValue("error", why == null ? "it was refused" : why.getMessage())
                    .log("the receiver takes no telemetry; calls go on");
        }
    }
}
