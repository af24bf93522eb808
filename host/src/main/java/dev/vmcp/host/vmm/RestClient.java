package dev.vmcp.host.vmm;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Calls the HTTP API that a VMM serves on a unix socket, one call after the other. Any thread may
/// call, and blocks; meant for virtual threads.
///
/// Each call has a connection of its own, so a client at rest holds neither thread nor descriptor;
/// those between [#awaitListener] and [#hangUp] share one. The VMM is not trusted: its answers are
/// bounded, and whatever is wrong with one ends that call with a [DriverException]: `REFUSED` with
/// the VMM's own words, `SILENT` at the deadline, `GONE` where nobody listens, the answer is
/// malformed, or [#close] was called.
public final class RestClient implements AutoCloseable {

    /// A VMM listens some milliseconds after its start; one that does not by then is late.
    private static final Duration OFTEN = Duration.ofNanos(100_000);

    private static final Duration SELDOM = Duration.ofMillis(5);
    private static final int OFTEN_TIMES = 500;

    private final Path socket;
    private final Supplier<Optional<Exit>> exit;
    private final ReentrantLock calling = new ReentrantLock();
    private final AtomicReference<@Nullable SocketChannel> kept = new AtomicReference<>();
    private volatile @Nullable Turn current;
    private volatile boolean staying;
    private volatile boolean closed;

    /// @param socket at most 107 bytes, so best of the form `/proc/<pid>/cwd/<name>`
    /// @param exit how the VMM's process ended, as far as is known
    public RestClient(Path socket, Supplier<Optional<Exit>> exit) {
        this.socket = socket;
        this.exit = exit;
    }

    /// Waits until somebody listens, for a VMM that is just starting. The calls that follow use the
    /// same connection, until [#hangUp].
    ///
    /// @throws DriverException SILENT at the deadline, GONE when the process ends before
    public void awaitListener(Deadline deadline) {
        staying = true;
        var _ = VmmRequest.ready().call(() -> inTurn("listen", deadline, this::listened));
    }

    /// Gives up the connection that [#awaitListener] made. Does nothing where there is none.
    public void hangUp() {
        staying = false;
        dropKept();
    }

    /// The object that the VMM answers to a GET.
    public Map<String, Object> get(String path, Deadline deadline) {
        return accepted("GET", path, "", deadline);
    }

    /// PUT without a body; returns the answer's object, empty where it has none.
    public Map<String, Object> put(String path, Deadline deadline) {
        return accepted("PUT", path, "", deadline);
    }

    /// PUT of a JSON object; returns the answer's object, empty where it has none.
    public Map<String, Object> put(String path, Map<String, ?> body, Deadline deadline) {
        return accepted("PUT", path, Json.write(body), deadline);
    }

    /// As [#put(String, Map, Deadline)], and hands over open descriptors, which stay open on our
    /// side.
    public Map<String, Object> put(
            String path, Map<String, ?> body, List<Integer> descriptors, Deadline deadline) {
        var asked = VmmRequest.http("PUT", path, socket);
        var request = request(asked, "PUT", path, Json.write(body));
        return asked.call(() ->
                accepted(
                        asked,
                        path,
                        inTurn(
                                "answer PUT " + path,
                                deadline,
                                turn ->
                                        HandoverCall.exchange(
                                                socket, request, descriptors, turn::pause))));
    }

    /// As [#put(String, Map, Deadline)].
    public Map<String, Object> patch(String path, Map<String, ?> body, Deadline deadline) {
        return accepted("PATCH", path, Json.write(body), deadline);
    }

    /// Whatever the VMM answers, a refusal too.
    ///
    /// @param body empty = none
    /// @throws DriverException SILENT or GONE where it gives no answer
    public RestAnswer send(String method, String path, String body, Deadline deadline) {
        var asked = VmmRequest.http(method, path, socket);
        return asked.call(() -> {
            var answer = sent(asked, method, path, body, deadline);
            asked.answered(answer.status());
            return answer;
        });
    }

    private RestAnswer sent(
            VmmRequest asked, String method, String path, String body, Deadline deadline) {
        var request = request(asked, method, path, body);
        return inTurn("answer " + method + " " + path, deadline, turn -> exchange(turn, request));
    }

    /// Ends a call under way, and every later one, with `GONE`.
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

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is lost: it is of no more use.
        }
    }

    private Map<String, Object> accepted(
            String method, String path, String body, Deadline deadline) {
        var asked = VmmRequest.http(method, path, socket);
        return asked.call(() -> accepted(asked, path, sent(asked, method, path, body, deadline)));
    }

    private static Map<String, Object> accepted(VmmRequest asked, String path, RestAnswer answer) {
        asked.answered(answer.status());
        if (!answer.accepted()) {
            throw new DriverException(Kind.REFUSED, answer.fault());
        }
        try {
            return answer.object();
        } catch (IOException e) {
            throw new DriverException(
                    Kind.GONE, "the VMM answered " + path + " malformed: " + e.getMessage(), e);
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T run(Turn turn) throws IOException;
    }

    private <T> T inTurn(String what, Deadline deadline, Step<T> step) {
        try {
            if (!calling.tryLock(deadline.remaining().toNanos(), NANOSECONDS)) {
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

    private boolean listened(Turn turn) throws IOException {
        while (!listening(turn)) {
            turn.pause();
        }
        return true;
    }

    private boolean listening(Turn turn) throws IOException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        var channel = turn.channel();
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (SocketException e) {
            close(channel);
            return false;
        }
        turn.keep();
        return true;
    }

    /// A listener whose queue is full takes a connection only in appearance: nothing can be written
    /// to it, and another is tried.
    private RestAnswer exchange(Turn turn, ByteBuffer request) throws IOException {
        while (true) {
            var channel = turn.connection();
            if (!channel.isConnected()) {
                channel.connect(UnixDomainSocketAddress.of(socket));
            }
            if (begin(channel, request)) {
                while (request.hasRemaining()) {
                    channel.write(request);
                }
                var answer = RestAnswer.read(channel);
                if (staying && answer.accepted()) {
                    turn.keep();
                }
                return answer;
            }
            close(channel);
            turn.pause();
        }
    }

    private static boolean begin(SocketChannel channel, ByteBuffer request) throws IOException {
        try {
            return channel.write(request) > 0;
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /// One call's use of the socket: what its connections are ended by, at the deadline, by a close
    /// of the client and after the call.
    private final class Turn {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable SocketChannel channel;
        private volatile boolean over;
        private int pauses;

        /// The connection of the call before, or else one that is still to be made.
        SocketChannel connection() throws IOException {
            var before = kept.getAndSet(null);
            return before == null ? channel() : taken(before);
        }

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

        /// Leaves the connection to the next call.
        void keep() {
            lock.lock();
            try {
                if (!over) {
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

    private static ByteBuffer request(VmmRequest asked, String method, String path, String body) {
        var head = new StringBuilder();
        head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
        head.append("Host: localhost\r\nAccept: application/json\r\n").append(asked.headers());
        var content = body.getBytes(StandardCharsets.UTF_8);
        if (content.length > 0) {
            head.append("Content-Type: application/json\r\n");
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        var start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(start.length + content.length).put(start).put(content).flip();
    }
}
