package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.access.Caller;
import dev.vmcp.core.access.Scope;
import dev.vmcp.core.access.Token;
import dev.vmcp.host.access.Quotas.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotasTest {

    private static final SocketAddress HERE = at("192.0.2.1");

    private final AtomicLong now = new AtomicLong(5);

    private Quotas quotas(int calls, int streams, int perCaller, int rate) {
        return new Quotas(new Quotas.Limits(calls, streams, perCaller, rate), now::get);
    }

    private static Caller token(String id) {
        return new Caller.Bearer(
                new Token(id, "name", Scope.READ, Instant.EPOCH, Optional.empty()));
    }

    private static List<Runnable> entered(Quotas quotas, Caller caller, boolean stream, int tries) {
        var entered = new ArrayList<Runnable>();
        for (int i = 0; i < tries; i++) {
            if (quotas.enter(caller, HERE, stream) instanceof Verdict.Entered(var leave)) {
                entered.add(leave);
            }
        }
        return entered;
    }

    private void later(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 1);
    }

    @Test
    void allCallersTogetherGetNoMoreThanThereIsAndWhoLeavesMakesRoom() {
        var quotas = quotas(10, 5, 1000, 1000);
        var calls = entered(quotas, new Caller.Local(), false, 100);
        assertThat(calls).hasSize(10);
        assertThat(quotas.enter(token("a"), HERE, false)).isInstanceOf(Verdict.Refused.class);
        assertThat(entered(quotas, token("a"), true, 100)).hasSize(5);

        calls.removeFirst().run();
        assertThat(entered(quotas, token("a"), false, 100)).hasSize(1);
    }

    @Test
    void oneCallerLeavesRoomForOthers() {
        var quotas = quotas(100, 100, 7, 1000);
        assertThat(entered(quotas, token("a"), false, 50)).hasSize(7);
        assertThat(entered(quotas, token("a"), true, 50)).hasSize(7);
        assertThat(entered(quotas, token("b"), false, 50)).hasSize(7);
        assertThat(entered(quotas, new Caller.Local(), false, 50)).hasSize(50);
    }

    @Test
    void aCallerGoesOnAtItsRateAndIsToldHowLongToWait() {
        var quotas = quotas(1000, 1000, 1000, 4);
        entered(quotas, token("a"), false, 8).forEach(Runnable::run);
        assertThat(quotas.enter(token("a"), HERE, false))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.retry()).isEqualTo(Duration.ofMillis(250)));

        later(Duration.ofMillis(250));
        assertThat(entered(quotas, token("a"), false, 8)).hasSize(1);
        later(Duration.ofHours(1));
        assertThat(entered(quotas, token("a"), false, 100)).hasSize(8);
    }

    @Test
    void whoIsNotKnownIsToldSoTenTimesASecondAtMost() {
        var quotas = quotas(10, 10, 10, 1000);
        int told = 0;
        for (int i = 0; i < 100; i++) {
            told += quotas.knock(HERE).isZero() ? 1 : 0;
        }
        assertThat(told).isEqualTo(20);
        assertThat(quotas.knock(at("192.0.2.2"))).isZero();
    }

    @Test
    void addressesOfOneNetworkOfIpv6AreOneCaller() {
        var quotas = quotas(1000, 1000, 3, 1000);
        int let = 0;
        for (int i = 1; i < 50; i++) {
            var from = at("2001:db8::" + i);
            let +=
                    quotas.enter(new Caller.Anyone(), from, false) instanceof Verdict.Entered
                            ? 1
                            : 0;
        }
        assertThat(let).isEqualTo(3);
        var other = at("2001:db8:0:1::1");
        assertThat(quotas.enter(new Caller.Anyone(), other, false))
                .isInstanceOf(Verdict.Entered.class);
    }

    @Test
    void whatIsRememberedOfCallersIsBoundedAndForgotten() {
        var quotas = quotas(1_000_000, 10, 100, 10);
        for (int i = 0; i < 3 * Quotas.MOST_CALLERS; i++) {
            if (quotas.enter(token("t" + i), HERE, false) instanceof Verdict.Entered(var leave)) {
                leave.run();
            }
        }
        assertThat(quotas.callers()).isLessThanOrEqualTo(Quotas.MOST_CALLERS + 1);
        var busy = entered(quotas, token("t0"), false, 1);
        assertThat(busy).hasSize(1);

        later(Duration.ofMinutes(1));
        entered(quotas, token("another"), false, 1).forEach(Runnable::run);
        assertThat(quotas.callers()).isEqualTo(2);
    }

    @Test
    void manyThreadsLeaveNothingBehind() throws Exception {
        var quotas = quotas(50, 50, 20, 1_000_000);
        var most = new AtomicInteger();
        var inside = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int t = 0; t < 64; t++) {
                var who = token("t" + t % 4);
                threads.execute(() -> {
                    for (int i = 0; i < 500; i++) {
                        if (quotas.enter(who, HERE, false) instanceof Verdict.Entered(var leave)) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            inside.decrementAndGet();
                            leave.run();
                        }
                    }
                });
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most.get()).isBetween(1, 50);
        assertThat(entered(quotas, token("t0"), false, 30)).hasSize(20);
    }
}
