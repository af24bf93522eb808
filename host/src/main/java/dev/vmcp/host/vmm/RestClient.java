package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Calls the HTTP API that a VMM serves on a unix socket, one call after the other. Any thread may
/// call, and blocks; meant for virtual threads.
///
/// Each call has a connection of its own, so a client at rest holds neither thread nor descriptor;
/// those between [#awaitListener] and [#hangUp] share one. The VMM is not trusted: its answers are
/// bounded, and whatever is wrong with one ends that call with a [DriverException]: `REFUSED` with
/// the VMM's own words, `SILENT` at the deadline, `GONE` where nobody listens, the answer is
/// malformed, or [#close] was called.
public final class RestClient implements AutoCloseable {

    private final Path socket;
    private final RestTurns turns;

    /// @param socket at most 107 bytes, so best of the form `/proc/<pid>/cwd/<name>`
    /// @param exit how the VMM's process ended, as far as is known
    public RestClient(Path socket, Supplier<Optional<Exit>> exit) {
        this.socket = socket;
        this.turns = new RestTurns(exit);
    }

    /// Waits until somebody listens, for a VMM that is just starting. The calls that follow use the
    /// same connection, until [#hangUp].
    ///
    /// @throws DriverException SILENT at the deadline, GONE when the process ends before
    public void awaitListener(Deadline deadline) {
        turns.stay();
        var _ = VmmRequest.ready().call(() -> turns.take("listen", deadline, this::listened));
    }

    /// Gives up the connection that [#awaitListener] made. Does nothing where there is none.
    public void hangUp() {
        turns.hangUp();
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
                        turns.take(
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
        return turns.take(
                "answer " + method + " " + path, deadline, turn -> exchange(turn, request));
    }

    /// Ends a call under way, and every later one, with `GONE`.
    @Override
    public void close() {
        turns.close();
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

    private boolean listened(RestTurns.Turn turn) throws IOException {
        while (!listening(turn)) {
            turn.pause();
        }
        return true;
    }

    private boolean listening(RestTurns.Turn turn) throws IOException {
        if (!Files.exists(socket)) {
            return false;
        }
        var channel = turn.channel();
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (SocketException e) {
            RestTurns.close(channel);
            return false;
        }
        turn.keep();
        return true;
    }

    /// A listener whose queue is full takes a connection only in appearance: nothing can be written
    /// to it, and another is tried.
    private RestAnswer exchange(RestTurns.Turn turn, ByteBuffer request) throws IOException {
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
                if (answer.accepted()) {
                    turn.keep();
                }
                return answer;
            }
            RestTurns.close(channel);
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
