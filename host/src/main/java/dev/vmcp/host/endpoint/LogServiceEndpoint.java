package dev.vmcp.host.endpoint;

import dev.vmcp.api.host.v1.GetLogLevelRequest;
import dev.vmcp.api.host.v1.GetLogLevelResponse;
import dev.vmcp.api.host.v1.LogServiceGrpc.LogServiceImplBase;
import dev.vmcp.api.host.v1.SetLogLevelRequest;
import dev.vmcp.api.host.v1.SetLogLevelResponse;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.platform.telemetry.Logs;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// `vmcp.host.v1.LogService`.
public final class LogServiceEndpoint extends LogServiceImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(LogServiceEndpoint.class);
    private static final long LONGEST = Duration.ofDays(7).toSeconds();

    private final Level configured;
    private final AtomicLong changes = new AtomicLong();

    public LogServiceEndpoint(Level configured) {
        this.configured = configured;
    }

    @Override
    public void getLogLevel(
            GetLogLevelRequest request, StreamObserver<GetLogLevelResponse> answer) {
        var level =
                GetLogLevelResponse.newBuilder()
                        .setLevel(word(Logs.level()))
                        .setConfigured(word(configured));
        Calls.answer(Outcome.done(level.build()), answer);
    }

    @Override
    public void setLogLevel(
            SetLogLevelRequest request, StreamObserver<SetLogLevelResponse> answer) {
        Calls.answer(changed(request), answer);
    }

    private Outcome<SetLogLevelResponse> changed(SetLogLevelRequest request) {
        var wrong = new ArrayList<Violation>();
        var level = level(request.getLevel());
        if (level.isEmpty()) {
            wrong.add(
                    Violation.of("level", request.getLevel(), "error, warn, info, debug or trace"));
        }
        long seconds = request.getForSeconds();
        if (seconds < 0 || seconds > LONGEST) {
            wrong.add(Violation.of("for_seconds", seconds, "0 to " + LONGEST));
        }
        if (!wrong.isEmpty()) {
            return Outcome.refused(new Problem.InvalidInput(wrong));
        }
        var before = Logs.level();
        long change = changes.incrementAndGet();
        set(level.orElseThrow());
        if (seconds > 0) {
            CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS)
                    .execute(() -> back(change));
        }
        return Outcome.done(SetLogLevelResponse.newBuilder().setBefore(word(before)).build());
    }

    /// Unless somebody has changed it since.
    private void back(long change) {
        if (changes.get() == change) {
            set(configured);
        }
    }

    private static void set(Level level) {
        Logs.level(level);
        LOG.atWarn()
                .addKeyValue("event", "log.level")
                .addKeyValue("to", word(level))
                .log("log level changed");
    }

    private static Optional<Level> level(String word) {
        return Arrays.stream(Level.values()).filter(level -> word(level).equals(word)).findFirst();
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
