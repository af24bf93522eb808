package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vmcp.host.vmm.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// A small HTTP/1.1 server on a unix socket, as Firecracker and Cloud Hypervisor have it: one
/// request at a time, whatever the connection.
final class Rest {

    /// @param body empty for none
    /// @param then what comes about once the answer is out
    record Answer(int status, String body, Runnable then) {

        Answer(int status, String body) {
            this(status, body, () -> {});
        }

        static final Answer DONE = new Answer(204, "");

        static Answer json(Object value) {
            return new Answer(200, Json.write(value));
        }
    }

    /// What serves the requests.
    interface Service {

        /// @param act false for a mood that lies: the answer without the deed
        Answer answer(Requests.Request request, boolean act) throws IOException;
    }

    private static final int LONGEST_HEAD = 8192;
    private static final int LONGEST_BODY = 51_200;

    private final Service service;
    private final ServerSocketChannel server;
    private final ReentrantLock turn = new ReentrantLock();

    /// Callers are taken from now on, and wait until they are served.
    Rest(Service service, String socket) throws IOException {
        this.service = service;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    /// Serves until the process ends.
    void serve() throws IOException {
        while (true) {
            var caller = server.accept();
            Thread.ofPlatform().daemon().start(() -> converse(caller));
        }
    }

    private void converse(SocketChannel caller) {
        try (caller;
                var in = new BufferedInputStream(Channels.newInputStream(caller));
                var out = Channels.newOutputStream(caller)) {
            for (var head = head(in); !head.isEmpty(); head = head(in)) {
                var request = request(head, in);
                respond(request, out);
            }
        } catch (IOException _) {
            // The caller hung up.
        }
    }

    private void respond(Requests.Request request, OutputStream out) throws IOException {
        turn.lock();
        try {
            Requests.note(request);
            var mood = Mood.now();
            switch (mood) {
                case SILENT -> Mood.standStill();
                case MALFORMED -> out.write("]}HTTP/7 yes\r\n\r\n{[".getBytes(UTF_8));
                case ENDLESS -> {
                    out.write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n"
                                    .getBytes(UTF_8));
                    var piece = "{\"a\":\"bbbbbbbbbbbbbbbbbbbbbbbb\"} ".repeat(999);
                    Mood.forEver(() -> out.write(piece.getBytes(UTF_8)));
                }
                case CHATTY ->
                        Mood.forEver(
                                () -> out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(UTF_8)));
                case DRIPPING -> {
                    var text = text(done(request));
                    Mood.drip(
                            Arrays.copyOf(text, text.length / 2),
                            piece -> {
                                out.write(piece);
                                out.flush();
                            });
                }
                case HALF -> {
                    var text = text(done(request));
                    out.write(text, 0, text.length / 2);
                    out.flush();
                    Mood.standStill();
                }
                case FINE, LYING -> {
                    var answer = answer(request, mood == Mood.FINE);
                    out.write(text(answer));
                    out.flush();
                    answer.then().run();
                }
            }
            out.flush();
        } finally {
            turn.unlock();
        }
    }

    /// With what the answer comes before.
    private Answer done(Requests.Request request) throws IOException {
        var answer = answer(request, true);
        answer.then().run();
        return answer;
    }

    private Answer answer(Requests.Request request, boolean act) throws IOException {
        return service.answer(request, act);
    }

    private static byte[] text(Answer answer) {
        var head =
                "HTTP/1.1 "
                        + answer.status()
                        + (answer.status() < 300 ? " OK" : " Bad Request")
                        + "\r\nServer: API\r\nConnection: keep-alive\r\n"
                        + (answer.body().isEmpty()
                                ? ""
                                : "Content-Type: application/json\r\nContent-Length: "
                                        + answer.body().getBytes(UTF_8).length
                                        + "\r\n")
                        + "\r\n";
        return (head + answer.body()).getBytes(UTF_8);
    }

    /// Up to the empty line; empty at the end of the stream.
    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            var next = in.read();
            if (next < 0 || head.length() > LONGEST_HEAD) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static Requests.Request request(String head, InputStream in) throws IOException {
        var lines = head.split("\r\n", -1);
        var first = lines[0].split(" ", -1);
        var length = 0;
        for (var line : lines) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        if (length > LONGEST_BODY) {
            throw new IOException("a body of " + length + " bytes");
        }
        return new Requests.Request(first[0], first[1], new String(in.readNBytes(length), UTF_8));
    }

    /// The body as an object.
    static Map<String, Object> object(Requests.Request request) throws IOException {
        var bytes = request.body().getBytes(UTF_8);
        return bytes.length == 0 ? Map.of() : Json.read(bytes, 0, bytes.length);
    }
}
