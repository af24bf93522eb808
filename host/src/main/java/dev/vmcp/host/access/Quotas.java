package dev.vmcp.host.access;

import dev.vmcp.core.access.Caller;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// How many calls may be under way at once, in all and of one caller, and how many a caller may go
/// on making. Who is trusted for being on this machine counts only in all. What is remembered of
/// callers is bounded; beyond that those who are new share one allowance. Safe for use by many
/// threads; never waits.
public final class Quotas {

    /// @param calls under way, of those that are answered once
    /// @param streams under way
    /// @param perCaller calls, and streams, of one caller
    /// @param rate calls a second of one caller
    public record Limits(int calls, int streams, int perCaller, int rate) {}

    /// Whether a call may begin.
    sealed interface Verdict {

        /// @param leave to be run once, when the call has ended
        record Entered(Runnable leave) implements Verdict {}

        /// @param retry how long to wait before it is tried again
        record Refused(String why, Duration retry) implements Verdict {}
    }

    static final int MOST_CALLERS = 4096;

    private static final String OTHERS = "others";
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int HEALTH_WATCHES = 1024;
    private static final int KNOCKS = 10;
    private static final int NETWORK_BYTES = 8;
    private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

    private final Limits limits;
    private final LongSupplier nanoTime;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger healthWatches = new AtomicInteger();
    private final ConcurrentHashMap<String, Allowance> callers = new ConcurrentHashMap<>();
    private final AtomicLong swept;

    /// @param nanoTime such as `System::nanoTime`
    public Quotas(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.swept = new AtomicLong(nanoTime.getAsLong() - SWEEP_NANOS);
    }

    /// Lets a call of somebody known begin, or not.
    Verdict enter(Caller caller, SocketAddress peer, boolean stream) {
        var kind = stream ? streams : calls;
        var entered = enter(kind, stream ? limits.streams() : limits.calls());
        if (caller instanceof Caller.Local
                || caller instanceof Caller.User
                || !(entered instanceof Verdict.Entered)) {
            return entered;
        }
        var asked = ask(key(caller, peer), limits.rate(), stream, limits.perCaller());
        if (asked.delay().isZero()) {
            return new Verdict.Entered(() -> {
                kind.decrementAndGet();
                left(asked.key(), stream);
            });
        }
        kind.decrementAndGet();
        return new Verdict.Refused("this caller asks too much at once", asked.delay());
    }

    /// Lets a watch of our health begin, or not.
    Verdict enterHealthWatch() {
        return enter(healthWatches, HEALTH_WATCHES);
    }

    private static Verdict enter(AtomicInteger count, int most) {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return new Verdict.Refused("the host has too much to do at once", SOON);
        }
        return new Verdict.Entered(count::decrementAndGet);
    }

    /// How long somebody who did not say who they are has to wait before they are told so again;
    /// zero = they are told now.
    Duration knock(SocketAddress peer) {
        var asked = ask("unknown " + address(peer), KNOCKS, false, Integer.MAX_VALUE);
        if (asked.delay().isZero()) {
            left(asked.key(), false);
        }
        return asked.delay();
    }

    /// @param key whose allowance was asked
    /// @param delay zero = it was given
    private record Asked(String key, Duration delay) {}

    private Asked ask(String wanted, int rate, boolean stream, int most) {
        var now = nanoTime.getAsLong();
        var key = roomFor(wanted, now) ? wanted : OTHERS;
        var wait = new Duration[] {Duration.ZERO};
        callers.compute(
                key,
                (_, known) -> {
                    var allowance = known == null ? new Allowance(rate, now) : known;
                    wait[0] = allowance.ask(now, stream, most);
                    return allowance;
                });
        return new Asked(key, wait[0]);
    }

    private void left(String key, boolean stream) {
        callers.computeIfPresent(key, (_, known) -> known.left(stream));
    }

    private boolean roomFor(String key, long now) {
        if (callers.size() < MOST_CALLERS || callers.containsKey(key)) {
            return true;
        }
        long last = swept.get();
        if (now - last >= SWEEP_NANOS && swept.compareAndSet(last, now)) {
            for (var known : callers.keySet()) {
                callers.computeIfPresent(known, (_, one) -> one.idle(now) ? null : one);
            }
        }
        return callers.size() < MOST_CALLERS;
    }

    /// How many callers are remembered.
    int callers() {
        return callers.size();
    }

    private static String key(Caller caller, SocketAddress peer) {
        return switch (caller) {
            case Caller.Bearer(var token) -> "token " + token.id();
            case Caller.Certified(var subject) -> "certificate " + subject;
            case Caller.Anyone _, Caller.Unknown _, Caller.Local _, Caller.User _ -> address(peer);
        };
    }

    /// One caller may have a whole IPv6 network of 64 bits.
    private static String address(SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress inet)) {
            return "unix";
        }
        var bytes = inet.getAddress().getAddress();
        return HexFormat.of()
                .formatHex(
                        inet.getAddress() instanceof Inet6Address
                                ? Arrays.copyOf(bytes, NETWORK_BYTES)
                                : bytes);
    }
}
