package dev.vmcp.platform.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;

/// One event, one line, one JSON object: `time`, `level`, `logger`, `message`, every key-value of
/// the event beside them, `trace_id` and `span_id` where there is a current span, and `error` and
/// `stack` for a failure. No text can end a line or forge a key.
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new Line();
        line.add("time", TIME.format(event.getInstant()));
        line.add("level", event.getLevel().levelStr);
        line.add("logger", event.getLoggerName());
        line.add("message", event.getFormattedMessage());
        var failure = event.getThrowableProxy();
        if (failure != null) {
            var message = failure.getMessage();
            line.add("error", failure.getClassName() + (message == null ? "" : ": " + message));
        }
        var pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> line.add(pair.key, pair.value));
        }
        Logs.traceIds()
                .current((trace, span) -> {
                    line.addNew("trace_id", trace);
                    line.addNew("span_id", span);
                });
        if (failure != null) {
            line.add("stack", ThrowableProxyUtil.asString(failure));
        }
        return line.end();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    /// The line in the making. A key that is there already gets a `_`, so that no reader has to
    /// choose between two.
    private static final class Line {
        private final StringBuilder text = new StringBuilder(256).append('{');
        private final HashSet<String> keys = new HashSet<>();

        void add(String key, @Nullable Object value) {
            var free = key;
            while (!keys.add(free)) {
                free += "_";
            }
            if (text.length() > 1) {
                text.append(',');
            }
            SafeText.quote(text, free);
            text.append(':');
            switch (value) {
                case null -> text.append("null");
                case Boolean flag -> text.append(flag);
                case Double number when !Double.isFinite(number) -> SafeText.quote(text, number);
                case Float number when !Float.isFinite(number) -> SafeText.quote(text, number);
                case Number number -> text.append(number);
                default -> SafeText.quote(text, value);
            }
        }

        void addNew(String key, String value) {
            if (!keys.contains(key)) {
                add(key, value);
            }
        }

        byte[] end() {
            return text.append("}\n").toString().getBytes(UTF_8);
        }
    }
}
