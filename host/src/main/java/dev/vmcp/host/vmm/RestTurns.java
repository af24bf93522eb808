package dev.vmcp.host.vmm;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The calls to one VMM, one after the other, each with a deadline. Each [Turn] has a connection of
/// its own, unless [#stay] was called: then one is handed on from turn to turn until [#hangUp].
/// Safe for concurrent use.
final class RestTurns implements AutoCloseable {

    /// A VMM listens some milliseconds after its start; one that does not by then is late.
    private static final Duration OFTEN = Duration.ofNanos(100_000);

    private static final Duration SELDOM = Duration.ofMillis(5);
    private static final int OFTEN_TIMES = 500;

    private final Supplier<Optional<Exit>> exit;
    private final ReentrantLock calling = new ReentrantLock();
    private final AtomicReference<@Nullable SocketChannel> kept = new AtomicReference<>();
    private volatile @Nullable Turn current;
    private volatile boolean staying;
    private volatile boolean closed;

    /// @param exit how the VMM's process ended, as far as is known
    RestTurns(Supplier<Optional<Exit>> exit) {
        this.exit = exit;
    }

    void stay() {
        staying = true;
    }

    void hangUp() {
        staying = false;
        dropKept();
    }

    /// Ends the turn under way, and every later one, with `GONE`.
    @Override
    public void close() {
        closed = true;
        var turn = current;
        if (turn != null) {
            turn.end();
        }
        dropKept();
    }

    private void dropKept() {
        var channel = kept.getAndSet(null);
        if (channel != null) {
            close(channel);
        }
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is lost: it is of no more use.
        }
    }

    @FunctionalInterface
    interface Step<T> {
        T run(Turn turn) throws IOException;
    }

    /// Waits for its turn and takes it, unless the deadline has passed by then.
    ///
    /// @param what what the VMM is to do, for words such as `the VMM did not WHAT in time`
    /// @throws DriverException SILENT at the deadline, GONE where the step fails before
    <T> T take(String what, Deadline deadline, Step<T> step) {
        try {
            if (deadline.passed()
                    || !calling.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
                throw silent(what, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw silent(what, e);
        }
        var turn = new Turn();
        current = turn;
        if (closed) {
            turn.end();
        }
        var over = endedAt(deadline, turn);
        try {
            return step.run(turn);
        } catch (IOException e) {
            throw failure(what, deadline, e);
        } finally {
            var _ = over.complete(turn);
            turn.end();
            calling.unlock();
        }
    }

    /// Ends the turn at the deadline, unless it is completed before: a blocking channel knows no
    /// time.
    private static CompletableFuture<Turn> endedAt(Deadline deadline, Turn turn) {
        var over = new CompletableFuture<Turn>();
        var _ =
                over.orTimeout(deadline.remaining().toNanos(), NANOSECONDS)
                        .whenComplete((_, late) -> {
                            if (late != null) {
                                turn.end();
                            }
                        });
        return over;
    }

    private DriverException failure(String what, Deadline deadline, IOException e) {
        if (closed) {
            return new DriverException(Kind.GONE, "the connection to the VMM was closed", e);
        }
        var ended = exit.get();
        if (ended.isPresent()) {
            var words = "the VMM has ended (" + ended.get().words() + ")";
            return new DriverException(Kind.GONE, words, e);
        }
        if (deadline.passed() || Thread.currentThread().isInterrupted()) {
            return silent(what, e);
        }
        var words = "the VMM did not " + what + ": " + e.getMessage();
        return new DriverException(Kind.GONE, words, e);
    }

    private static DriverException silent(String what, @Nullable Exception cause) {
        var failure = new DriverException(Kind.SILENT, "the VMM did not " + what + " in time");
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }

    /// One call's use of the socket: what its connections are ended by, at the deadline, by a close
    /// of the client and after the call.
    final class Turn {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable SocketChannel channel;
        private volatile boolean over;
        private int pauses;

        /// The connection of the call before, or else one that is still to be made.
        SocketChannel connection() throws IOException {
            var before = kept.getAndSet(null);
            return before == null ? channel() : taken(before);
        }

        /// One that is still to be made.
        SocketChannel channel() throws IOException {
            return taken(SocketChannel.open(StandardProtocolFamily.UNIX));
        }

        private SocketChannel taken(SocketChannel made) throws IOException {
            lock.lock();
            try {
                if (over) {
                    close(made);
                    throw new ClosedChannelException();
                }
                channel = made;
                return made;
            } finally {
                lock.unlock();
            }
        }

        /// Leaves the connection to the next call, where connections stay.
        void keep() {
            lock.lock();
            try {
                if (staying && !over) {
                    kept.set(channel);
                    channel = null;
                }
            } finally {
                lock.unlock();
            }
        }

        /// Until the next attempt, if there is to be one.
        void pause() throws IOException {
            if (over || exit.get().isPresent() || Thread.currentThread().isInterrupted()) {
                throw new ClosedChannelException();
            }
            LockSupport.parkNanos((pauses++ < OFTEN_TIMES ? OFTEN : SELDOM).toNanos());
        }

        void end() {
            lock.lock();
            try {
                over = true;
                if (channel != null) {
                    close(channel);
                }
            } finally {
                lock.unlock();
            }
            if (closed) {
                dropKept();
            }
        }
    }
}
