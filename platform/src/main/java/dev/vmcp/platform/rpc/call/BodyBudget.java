package dev.vmcp.platform.rpc.call;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many bytes of requests one server holds at once, whoever sends them: what has arrived, and
/// what was expanded, until the handler has returned or the call has ended. An eighth is kept for
/// small requests, so that slow callers of large ones do not keep those out. Safe for use by many
/// threads; never waits.
public final class BodyBudget {
    /// A request up to this many bytes is small.
    public static final int SMALL = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(BodyBudget.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long OVER = -1;

    private final long total;
    private final AtomicLong held = new AtomicLong();
    private final Seldom refusals = new Seldom();

    public BodyBudget(long total) {
        this.total = total;
    }

    /// How many bytes are held now.
    public long held() {
        return held.get();
    }

    /// What a request holds of it: nothing yet.
    public Share share() {
        return new Share();
    }

    /// What is told to a caller for whom nothing is left.
    public Refusal refusal() {
        if (refusals.again()) {
            LOG.atWarn()
                    .addKeyValue("event", "bodies.full")
                    .addKeyValue("refused", refusals.count())
                    .addKeyValue("held_bytes", held())
                    .log("requests are turned away because others fill the room for them");
        }
        return Refusal.overloaded("the host has too many large requests at once", RETRY);
    }

    private boolean take(long bytes, boolean small) {
        long most = small ? total : total - total / 8;
        if (held.addAndGet(bytes) <= most || bytes <= 0) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /// The bytes of one request. Once it is ended nothing is added.
    public final class Share {
        private final AtomicLong mine = new AtomicLong();

        /// Takes more, or gives back where `bytes` is less than nothing; false when so much is not
        /// left, or it has ended.
        public boolean add(long bytes) {
            while (true) {
                long had = mine.get();
                if (had == OVER || !take(bytes, had + bytes <= SMALL)) {
                    return false;
                }
                if (mine.compareAndSet(had, had + bytes)) {
                    return true;
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
            }
        }
    }
}
