package dev.vmcp.platform.rpc.call;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many bytes of requests one server holds at once: what has arrived, and what was expanded,
/// until the handler has returned or the call has ended. An eighth is kept for small requests, so
/// that slow callers of large ones do not keep those out; and one caller's large requests, if it
/// has more than one, get no more than half of all, so that it does not keep out others. Safe for
/// use by many threads; never waits.
public final class BodyBudget {
    /// A request up to this many bytes is small.
    public static final int SMALL = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(BodyBudget.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long OVER = -1;

    private final long total;
    private final Function<SocketAddress, Object> callers;
    private final AtomicLong held = new AtomicLong();
    private final ConcurrentHashMap<Object, Long> byCaller = new ConcurrentHashMap<>();
    private final Seldom refusals = new Seldom();

    /// @param callers finds out whose an address is; equal for addresses of one caller
    public BodyBudget(long total, Function<SocketAddress, Object> callers) {
        this.total = total;
        this.callers = callers;
    }

    /// How many bytes are held now.
    public long held() {
        return held.get();
    }

    /// How many requests were turned away because there was no room for them.
    public long refused() {
        return refusals.count();
    }

    /// What a request holds of it: nothing yet.
    public Share share(SocketAddress peer) {
        return new Share(peer);
    }

    /// What is told to a caller for whom nothing is left.
    public Refusal refusal() {
        if (refusals.again()) {
            LOG.atWarn()
                    .addKeyValue("event", "bodies.full")
                    .addKeyValue("refused", refused())
                    .addKeyValue("held_bytes", held())
                    .log("requests are turned away because there is no room for them");
        }
        return Refusal.overloaded(
                "too many large requests at once, of this caller or of all", RETRY);
    }

    private boolean take(long bytes, boolean small) {
        long most = small ? total : total - total / 8;
        if (held.addAndGet(bytes) <= most || bytes <= 0) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /// Counts for a caller that its request holds `now` instead of `had`; false when it has others
    /// and would have too much with this one.
    private boolean charge(SocketAddress peer, long had, long now) {
        long more = large(now) - large(had);
        if (more == 0) {
            return true;
        }
        var charged = new boolean[1];
        byCaller.compute(
                callers.apply(peer),
                (_, known) -> {
                    long all = known == null ? 0 : known;
                    charged[0] = more < 0 || all <= large(had) || all + more <= total / 2;
                    return charged[0] ? sum(all, more) : known;
                });
        return charged[0];
    }

    /// Takes back what [#charge] did.
    private void uncharge(SocketAddress peer, long had, long now) {
        long less = large(now) - large(had);
        if (less != 0) {
            byCaller.compute(callers.apply(peer), (_, all) -> sum(all == null ? 0 : all, -less));
        }
    }

    private static @Nullable Long sum(long all, long more) {
        return all + more == 0 ? null : Long.valueOf(all + more);
    }

    /// What counts of a request for its caller.
    private static long large(long bytes) {
        return bytes > SMALL ? bytes : 0;
    }

    /// The bytes of one request. Once it is ended nothing is added.
    public final class Share {
        private final SocketAddress peer;
        private final AtomicLong mine = new AtomicLong();

        private Share(SocketAddress peer) {
            this.peer = peer;
        }

        /// Takes more, or gives back where `bytes` is less than nothing; false when so much is not
        /// left, or it has ended.
        public boolean add(long bytes) {
            while (true) {
                long had = mine.get();
                long now = had + bytes;
                if (had == OVER || !charge(peer, had, now)) {
                    return false;
                }
                boolean taken = take(bytes, now <= SMALL);
                if (taken && mine.compareAndSet(had, now)) {
                    return true;
                }
                uncharge(peer, had, now);
                if (!taken) {
                    return false;
                }
                held.addAndGet(-bytes);
            }
        }

        boolean over() {
            return mine.get() == OVER;
        }

        /// Gives all back; again does nothing.
        public void end() {
            long had = mine.getAndSet(OVER);
            if (had != OVER) {
                held.addAndGet(-had);
                uncharge(peer, 0, had);
            }
        }
    }
}
