package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.VmmRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// One session with a QEMU monitor. A virtual thread reads; any thread may call.
///
/// The peer is not trusted: what it sends is bounded in size and rate, and whatever is wrong with
/// it ends this session and no other.
final class QmpConnection implements AutoCloseable {

    /// Told on the reading thread, in the order of what was read.
    interface Listener {

        void event(QmpMessage.Event event);

        /// The session ended and nobody here wished it. Nothing is told after it.
        void broken(String why);
    }

    /// Few enough that a peer that reads nothing never fills its socket, where sending would block.
    private static final int MOST_WAITING = 64;

    private static final int MOST_EVENTS_A_SECOND = 1000;

    private final OsProcess process;
    private final Listener listener;
    private final CompletableFuture<SocketChannel> greeted = new CompletableFuture<>();
    private final Map<Long, CompletableFuture<Object>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final ReentrantLock sending = new ReentrantLock();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final QmpDial dial;
    private long second = System.nanoTime();
    private int eventsInSecond;

    private QmpConnection(OsProcess process, Listener listener, QmpDial dial) {
        this.process = process;
        this.listener = listener;
        this.dial = dial;
    }

    /// Dials the monitor until it is there, and waits for its greeting.
    ///
    /// @throws DriverException GONE when the process ends, SILENT when the deadline comes first
    static QmpConnection open(OsProcess process, Listener listener, Deadline deadline) {
        var connection = new QmpConnection(process, listener, new QmpDial(process));
        Thread.ofVirtual().name("qmp-" + process.id().pid()).start(connection::read);
        try {
            var _ = VmmRequest.ready().call(() -> connection.greeted(deadline));
            connection.call("qmp_capabilities", deadline);
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /// Gives a command without arguments and returns what it answers.
    Object call(String command, Deadline deadline) {
        return VmmRequest.qmp(command)
                .call(() -> await(ask(command), "answer " + command, deadline));
    }

    /// As [#call(String, Deadline)], with arguments.
    Object call(String command, Map<String, ?> arguments, Deadline deadline) {
        var text = ",\"arguments\":" + Json.write(arguments);
        return VmmRequest.qmp(command)
                .call(() -> await(submit(command, text), "answer " + command, deadline));
    }

    /// Gives a command whose refusal is as good as its success.
    void attempt(String command, Map<String, ?> arguments, Deadline deadline) {
        var text = ",\"arguments\":" + Json.write(arguments);
        var _ =
                VmmRequest.qmp(command)
                        .call(() -> attempted(submit(command, text), command, deadline));
    }

    private boolean attempted(CompletableFuture<Object> answer, String command, Deadline deadline) {
        try {
            var _ = await(answer, "answer " + command, deadline);
            return true;
        } catch (DriverException e) {
            if (e.kind() != Kind.REFUSED) {
                throw e;
            }
            return false;
        }
    }

    private SocketChannel greeted(Deadline deadline) {
        return await(greeted, "greet us", deadline);
    }

    /// Gives a command and does not wait; the future completes on the reading thread.
    CompletableFuture<Object> ask(String command) {
        return submit(command, "");
    }

    @Override
    public void close() {
        end("the connection was closed");
    }

    private CompletableFuture<Object> submit(String command, String arguments) {
        long id = ids.incrementAndGet();
        var answer = new CompletableFuture<Object>();
        if (waiting.size() >= MOST_WAITING) {
            answer.completeExceptionally(
                    new DriverException(
                            Kind.SILENT,
                            "QEMU leaves " + MOST_WAITING + " commands unanswered already"));
            return answer;
        }
        waiting.put(id, answer);
        var line = "{\"execute\":\"" + command + "\"" + arguments + ",\"id\":" + id + "}\n";
        sending.lock();
        try {
            var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                greeted.join().write(bytes);
            }
        } catch (IOException e) {
            // The reader sees it too, and says so.
            dial.close();
        } finally {
            sending.unlock();
        }
        if (ended.isDone()) {
            failAll();
        }
        return answer;
    }

    private <T> T await(CompletableFuture<T> answer, String what, Deadline deadline) {
        try {
            return answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DriverException(
                    Kind.SILENT,
                    "QEMU did not " + what + " in time" + QmpDial.whySilent(process, greeted),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException(Kind.SILENT, "interrupted while QEMU was to " + what, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DriverException refused) {
                throw new DriverException(
                        refused.kind(), String.valueOf(refused.getMessage()), refused);
            }
            throw new IllegalStateException("answer: failed (expected: DriverException)", e);
        }
    }

    private void read() {
        try (var channel = dial.connect()) {
            var lines = new QmpLines(channel);
            for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                if (!take(QmpMessage.of(line.get()), channel)) {
                    break;
                }
            }
            breakOff("its monitor hung up");
        } catch (IOException e) {
            var why = e.getMessage();
            breakOff(why == null ? "its monitor hung up" : "its monitor failed: " + why);
        }
    }

    /// False when the peer says more than any QEMU would.
    private boolean take(QmpMessage message, SocketChannel channel) {
        switch (message) {
            case QmpMessage.Greeting _ -> {
                return greeted.complete(channel);
            }
            case QmpMessage.Return(var id, var result) -> {
                return answer(id, answer -> answer.complete(result));
            }
            case QmpMessage.Refusal(var id, var words) -> {
                return answer(
                        id,
                        answer ->
                                answer.completeExceptionally(
                                        new DriverException(Kind.REFUSED, words)));
            }
            case QmpMessage.Event event -> {
                if (!withinRate()) {
                    return false;
                }
                listener.event(event);
                return true;
            }
        }
    }

    private boolean answer(long id, Consumer<CompletableFuture<Object>> with) {
        var answer = waiting.remove(id);
        if (answer == null) {
            return withinRate();
        }
        with.accept(answer);
        return true;
    }

    private boolean withinRate() {
        var now = System.nanoTime();
        if (now - second > TimeUnit.SECONDS.toNanos(1)) {
            second = now;
            eventsInSecond = 0;
        }
        return ++eventsInSecond <= MOST_EVENTS_A_SECOND;
    }

    private void breakOff(String why) {
        if (end(why) && greeted.isDone() && !greeted.isCompletedExceptionally()) {
            listener.broken(why);
        }
    }

    /// True for the one call that ended it.
    private boolean end(String why) {
        var first = ended.complete(why);
        dial.close();
        greeted.completeExceptionally(gone(why));
        failAll();
        return first;
    }

    private void failAll() {
        var why = gone(ended.getNow("closed"));
        waiting.values().forEach(answer -> answer.completeExceptionally(why));
        waiting.clear();
    }

    private DriverException gone(String why) {
        var exit = process.exit().map(end -> " (" + end.words() + ")").orElse("");
        return new DriverException(
                Kind.GONE, exit.isEmpty() ? "QEMU: " + why : "QEMU has ended" + exit);
    }
}
