package dev.vmcp.platform.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The logs of this process: one line per event on standard output, and nowhere else.
///
/// Before [#start] is called events are JSON lines from `info` up.
public final class Logs {

    /// `AUTO` is `TEXT` when standard output is a terminal, else `JSON`.
    public enum Format {
        AUTO,
        JSON,
        TEXT
    }

    /// Libraries that speak about themselves at `info`; they are heard from `warn` up.
    private static final List<String> TALKATIVE =
            List.of("com.linecorp.armeria", "io.netty", "io.grpc", "io.opentelemetry", "okhttp3");

    /// They warn of their own making, about nothing that an operator could change.
    private static final List<String> FUSSY = List.of("io.micrometer", "io.netty.bootstrap");

    /// They tell of every attempt, with a stack, what we tell once.
    private static final List<String> REPETITIVE =
            List.of(
                    "io.opentelemetry.exporter.otlp",
                    "io.opentelemetry.exporter.internal",
                    "io.opentelemetry.sdk.metrics.export.PeriodicMetricReader");

    private static volatile TraceIds traceIds = TraceIds.NONE;

    private Logs() {}

    /// From now on each line says what the thread that writes it works for.
    public static void show(TraceIds ids) {
        traceIds = ids;
    }

    static TraceIds traceIds() {
        return traceIds;
    }

    /// Sets format and level; may be called again.
    public static void start(Format format, org.slf4j.event.Level level) {
        install(context(), encoder(format), Level.convertAnSLF4JLevel(level));
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /// Changes the level of our loggers from now on.
    public static void level(org.slf4j.event.Level level) {
        setLevels(context(), Level.convertAnSLF4JLevel(level));
    }

    /// The level of our loggers.
    public static org.slf4j.event.Level level() {
        var root = context().getLogger(Logger.ROOT_LOGGER_NAME).getLevel();
        return root == null
                ? org.slf4j.event.Level.INFO
                : org.slf4j.event.Level.valueOf(root.levelStr);
    }

    /// Whether standard output is a terminal, as far as `/proc` tells.
    public static boolean onTerminal() {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    static void install(LoggerContext context, Encoder<ILoggingEvent> encoder, Level level) {
        context.reset();
        encoder.setContext(context);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        setLevels(context, level);
    }

    private static void setLevels(LoggerContext context, Level level) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level);
        var quieter = level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN;
        TALKATIVE.forEach(name -> context.getLogger(name).setLevel(quieter));
        REPETITIVE.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        FUSSY.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
    }

    private static Encoder<ILoggingEvent> encoder(Format format) {
        return switch (format) {
            case JSON -> new JsonLines();
            case TEXT -> new TextLines(onTerminal() && !System.getenv().containsKey("NO_COLOR"));
            case AUTO -> encoder(onTerminal() ? Format.TEXT : Format.JSON);
        };
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
