package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.time.Duration;
import java.util.List;

/// How long the host waits for VMMs and guests.
///
/// @param boot from the start of a VMM until its guest runs
/// @param answer for the answer to one request to a VMM that runs
/// @param stop for a guest that was asked to go down, where its caller named no time
public record TimeoutConfig(Duration boot, Duration answer, Duration stop) {

    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofHours(1);

    private static final Setting<Duration> BOOT =
            Setting.of("timeouts.boot", Kinds.duration(LEAST, MOST))
                    .withFlag("--boot-timeout")
                    .env("VMCP_BOOT_TIMEOUT")
                    .or("60s")
                    .says("How long a VMM may take from its start until its guest runs.");
    private static final Setting<Duration> ANSWER =
            Setting.of("timeouts.answer", Kinds.duration(LEAST, MOST))
                    .withFlag("--answer-timeout")
                    .env("VMCP_ANSWER_TIMEOUT")
                    .or("5s")
                    .says("How long a VMM that runs may take to answer a request.");
    private static final Setting<Duration> STOP =
            Setting.of("timeouts.stop", Kinds.duration(LEAST, MOST))
                    .withFlag("--stop-timeout")
                    .env("VMCP_STOP_TIMEOUT")
                    .or("30s")
                    .says(
                            "How long a guest may take to shut down, also for a reboot, when the"
                                    + " call names no time; then its VMM is killed.");

    static List<Setting<?>> settings() {
        return List.of(BOOT, ANSWER, STOP);
    }

    static TimeoutConfig from(Configuration configuration) {
        return new TimeoutConfig(
                configuration.get(BOOT), configuration.get(ANSWER), configuration.get(STOP));
    }
}
