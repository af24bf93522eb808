package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Fault;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.util.List;
import java.util.Optional;

/// How much the API takes on at once.
///
/// @param connections from other machines, and as many again from this one
/// @param connectionsPerCaller from one address of another machine
/// @param calls under way, of those that are answered once
/// @param streams under way: watches and consoles
/// @param callsPerCaller under way, of one caller who is not of this machine; as many streams
/// @param ratePerCaller calls a second that such a caller may go on making
/// @param requestBytes of requests that arrive or that their handlers read, all together
public record LimitConfig(
        int connections,
        int connectionsPerCaller,
        int calls,
        int streams,
        int callsPerCaller,
        int ratePerCaller,
        long requestBytes) {

    private static final int MOST = 1_000_000;
    private static final long MESSAGES = 2;

    private static final Setting<Integer> CONNECTIONS =
            limit("connections", "VMCP_MAX_CONNECTIONS", "10000")
                    .says("Connections at once from other machines, and as many from this one.");
    private static final Setting<Integer> CONNECTIONS_PER_CALLER =
            limit("connections-per-caller", "VMCP_MAX_CONNECTIONS_PER_CALLER", "256")
                    .says("Connections at once from one address of another machine.");
    private static final Setting<Integer> CALLS =
            limit("calls", "VMCP_MAX_CALLS", "4096")
                    .says("Calls under way at once, without streams; one more is refused.");
    private static final Setting<Integer> STREAMS =
            limit("streams", "VMCP_MAX_STREAMS", "8192").says("Watches and consoles open at once.");
    private static final Setting<Integer> CALLS_PER_CALLER =
            limit("calls-per-caller", "VMCP_MAX_CALLS_PER_CALLER", "1024")
                    .says(
                            "Calls, and streams, of one token, certificate or address under way at"
                                    + " once. Trusted callers of this machine have no such limit.");
    private static final Setting<Integer> RATE_PER_CALLER =
            limit("rate-per-caller", "VMCP_MAX_RATE_PER_CALLER", "1000")
                    .says(
                            "Calls a second of one token, certificate or address; two seconds' worth"
                                    + " may come at once.");

    private static final Setting<Optional<Long>> REQUEST_BYTES =
            Setting.of("limits.request-bytes", Kinds.bytes(1 << 12, 1L << 40).orNone())
                    .withFlag("--max-request-bytes")
                    .env("VMCP_MAX_REQUEST_BYTES")
                    .or("", "an eighth of the heap, or twice `api.max-message-bytes`")
                    .says(
                            "Bytes of requests that are held at once, while they arrive and until they"
                                    + " are read; one more is refused.");

    private static Setting<Integer> limit(String name, String variable, String fallback) {
        return Setting.of("limits." + name, Kinds.whole(1, MOST))
                .withFlag("--max-" + name)
                .env(variable)
                .or(fallback);
    }

    static List<Setting<?>> settings() {
        return List.of(
                CONNECTIONS,
                CONNECTIONS_PER_CALLER,
                CALLS,
                STREAMS,
                CALLS_PER_CALLER,
                RATE_PER_CALLER,
                REQUEST_BYTES);
    }

    /// @param largest the bytes of the largest message
    static LimitConfig from(Configuration configuration, int largest) {
        return new LimitConfig(
                configuration.get(CONNECTIONS),
                configuration.get(CONNECTIONS_PER_CALLER),
                configuration.get(CALLS),
                configuration.get(STREAMS),
                configuration.get(CALLS_PER_CALLER),
                configuration.get(RATE_PER_CALLER),
                configuration
                        .get(REQUEST_BYTES)
                        .orElseGet(() -> Math.max(heap() / 8, MESSAGES * largest)));
    }

    private static long heap() {
        return Runtime.getRuntime().maxMemory();
    }

    /// @param largest the setting of the largest message
    static List<Fault> faults(Configuration configuration, Setting<Long> largest) {
        if (!configuration.isSound(REQUEST_BYTES, largest)) {
            return List.of();
        }
        long least = MESSAGES * configuration.get(largest);
        return configuration
                .get(REQUEST_BYTES)
                .filter(bytes -> bytes < least)
                .map(_ ->
                        configuration.fault(REQUEST_BYTES, "twice " + largest.key() + " at least"))
                .stream()
                .toList();
    }
}
