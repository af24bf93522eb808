package dev.vmcp.platform.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/// An event for a person at a terminal: time, level, who, what, and the key-values. The lines of a
/// stack trace are indented; nothing else can begin a line.
final class TextLines extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final Pattern BARE = Pattern.compile("[^\\s\"\\\\=\\p{Cntrl}]+");

    private static final String RESET = "\u001b[0m";
    private static final String DIM = "\u001b[2m";
    private static final String BLUE = "\u001b[34m";
    private static final String YELLOW = "\u001b[33m";
    private static final String RED = "\u001b[31m";

    private final boolean coloured;

    TextLines(boolean coloured) {
        this.coloured = coloured;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new StringBuilder(160);
        paint(line, DIM, TIME.format(event.getInstant()));
        line.append(' ');
        paint(line, colour(event.getLevel()), "%-5s".formatted(event.getLevel().levelStr));
        line.append(' ');
        var logger = event.getLoggerName();
        paint(line, DIM, logger.substring(logger.lastIndexOf('.') + 1));
        line.append("  ");
        SafeText.show(line, event.getFormattedMessage());
        var pairs = event.getKeyValuePairs();
        boolean told = false;
        if (pairs != null) {
            for (var pair : pairs) {
                add(line, pair.key, String.valueOf(pair.value));
                told |= pair.key.equals("trace_id");
            }
        }
        if (!told) {
            Logs.traceIds().current((trace, span) -> trace(line, trace, span));
        }
        line.append('\n');
        var failure = event.getThrowableProxy();
        if (failure != null) {
            ThrowableProxyUtil.asString(failure).lines().forEach(part -> indent(line, part));
        }
        return line.toString().getBytes(UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    private void trace(StringBuilder line, String trace, String span) {
        add(line, "trace_id", trace);
        add(line, "span_id", span);
    }

    private void add(StringBuilder line, String key, String value) {
        line.append(' ');
        paint(line, DIM, key + "=");
        if (BARE.matcher(value).matches()) {
            SafeText.show(line, value);
        } else {
            SafeText.quote(line, value);
        }
    }

    private static void indent(StringBuilder line, String part) {
        line.append("    ");
        SafeText.show(line, part.replace("\t", "  "));
        line.append('\n');
    }

    private void paint(StringBuilder line, String colour, String text) {
        if (coloured) {
            line.append(colour);
        }
        SafeText.show(line, text);
        if (coloured) {
            line.append(RESET);
        }
    }

    private static String colour(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> RED;
            case Level.WARN_INT -> YELLOW;
            case Level.INFO_INT -> BLUE;
            default -> DIM;
        };
    }
}
