package dev.vmcp.host.driver;

import dev.vmcp.host.driver.DriverException.Kind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// How a [ScriptedDriver] behaves: how long each call takes, and which fail.
public final class Script {

    /// The calls of the driver port.
    public enum Call {
        PREPARE,
        BOOT,
        ADOPT,
        OBSERVE,
        PAUSE,
        RESUME,
        POWER_BUTTON,
        START_AGAIN,
        RESET,
        COUNTERS
    }

    private final Map<Call, Duration> delays = new ConcurrentHashMap<>(new EnumMap<>(Call.class));
    private final Map<Call, Queue<DriverException>> failures = new ConcurrentHashMap<>();

    /// Every such call takes this long from now on, unless its deadline comes first.
    public Script delay(Call call, Duration time) {
        delays.put(call, time);
        return this;
    }

    /// The next such call fails; several failures follow one another.
    public Script fail(Call call, Kind kind, String words) {
        failures.computeIfAbsent(call, _ -> new ConcurrentLinkedQueue<>())
                .add(new DriverException(kind, words));
        return this;
    }

    Duration delay(Call call) {
        return delays.getOrDefault(call, Duration.ZERO);
    }

    Optional<DriverException> failure(Call call) {
        return Optional.ofNullable(failures.get(call)).map(Queue::poll);
    }
}
