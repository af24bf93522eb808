package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vmcp.host.vmm.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A QMP monitor of QEMU 7.2: one session at a time, each greeted, no command before
/// `qmp_capabilities`, commands and arguments held against [QmpSchema].
final class QmpMonitor {

    private static final String GREETING =
            "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":22,\"minor\":2,\"major\":7},\"package\":\"\"},"
                    + "\"capabilities\":[\"oob\"]}}";

    /// What obeys. One command at a time, whichever monitor it came by.
    interface Commands {

        Reply answer(QmpMonitor monitor, Command command) throws IOException;
    }

    /// @param act false for a mood that lies: the answer without the deed
    record Command(String name, Map<String, Object> arguments, boolean act) {

        String text(String name) {
            return String.valueOf(arguments.getOrDefault(name, ""));
        }
    }

    /// @param then what comes about once the answer is out
    record Reply(Object value, Runnable then) {

        static final Reply DONE = of(Map.of());

        static Reply of(Object value) {
            return new Reply(value, () -> {});
        }
    }

    /// Why a command is not obeyed.
    static final class Refused extends IOException {

        private static final long serialVersionUID = 1;

        private final String kind;

        Refused(String words) {
            this("GenericError", words);
        }

        Refused(String kind, String words) {
            super(words);
            this.kind = kind;
        }
    }

    private final Commands commands;
    private final ReentrantLock turn;
    private final ReentrantLock sending = new ReentrantLock();
    private final Map<String, Integer> named = new HashMap<>();
    private Supplier<OptionalInt> arrivals = OptionalInt::empty;
    private volatile @Nullable OutputStream session;
    private volatile boolean negotiated;

    /// @param turn of all monitors of one QEMU
    QmpMonitor(Commands commands, ReentrantLock turn) {
        this.commands = commands;
        this.turn = turn;
    }

    /// Serves one caller until it hangs up.
    ///
    /// @param arrived the descriptors that come along
    void converse(InputStream from, OutputStream to, Supplier<OptionalInt> arrived)
            throws IOException {
        negotiated = false;
        session = to;
        arrivals = arrived;
        try {
            if (Mood.now() == Mood.SILENT) {
                Mood.standStill();
            }
            send(GREETING);
            var in = new BufferedReader(new InputStreamReader(from, UTF_8));
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var bytes = line.getBytes(UTF_8);
                obey(Json.read(bytes, 0, bytes.length));
            }
        } finally {
            session = null;
        }
    }

    private void obey(Map<String, Object> line) throws IOException {
        var name = String.valueOf(line.get("execute"));
        var arguments = Json.object(line.get("arguments"));
        Requests.note(new Requests.Request("QMP", name, Json.write(arguments)));
        var id = line.getOrDefault("id", 0);
        switch (Mood.now()) {
            case SILENT -> Mood.standStill();
            case MALFORMED -> send("]}{\"return\":{[");
            case ENDLESS -> {
                raw("{\"event\":\"".getBytes(UTF_8));
                Mood.forEver(() -> raw("ENDLESS".repeat(9999).getBytes(UTF_8)));
            }
            case CHATTY ->
                    Mood.forEver(() -> send("{\"event\":\"NOTHING\",\"data\":{\"guest\":true}}"));
            case DRIPPING -> Mood.drip("{\"return\":".getBytes(UTF_8), this::raw);
            case HALF -> {
                raw("{\"return\": {\"status\": \"run".getBytes(UTF_8));
                Mood.standStill();
            }
            case FINE -> answer(new Command(name, arguments, true), id);
            case LYING -> answer(new Command(name, arguments, false), id);
        }
    }

    private void answer(Command command, Object id) throws IOException {
        turn.lock();
        try {
            var reply = reply(command);
            send(Json.write(Map.of("return", reply.value, "id", id)));
            reply.then.run();
        } catch (Refused e) {
            var words = String.valueOf(e.getMessage());
            send(Json.write(Map.of("error", Map.of("class", e.kind, "desc", words), "id", id)));
        } finally {
            turn.unlock();
        }
    }

    private Reply reply(Command command) throws IOException {
        if (command.name.equals("qmp_capabilities")) {
            negotiated = true;
            return Reply.DONE;
        }
        if (!negotiated) {
            throw new Refused("CommandNotFound", "Expecting capabilities negotiation");
        }
        QmpSchema.check(command);
        if (command.name.equals("getfd")) {
            named.put(command.text("fdname"), arrived());
            return Reply.DONE;
        }
        return commands.answer(this, command);
    }

    /// The descriptor that came with a command.
    int arrived() throws Refused {
        return arrivals.get().orElseThrow(() -> new Refused("No file descriptor supplied"));
    }

    /// Takes the descriptor that `getfd` named on this monitor.
    int named(String name) throws Refused {
        var descriptor = named.remove(name);
        if (descriptor == null) {
            throw new Refused("File descriptor named '" + name + "' has not been found");
        }
        return descriptor;
    }

    void event(String name, Map<String, Object> data) {
        if (!negotiated) {
            return;
        }
        try {
            var now = System.currentTimeMillis();
            var event = new LinkedHashMap<String, Object>();
            event.put(
                    "timestamp", Map.of("seconds", now / 1000, "microseconds", now % 1000 * 1000));
            event.put("event", name);
            if (!data.isEmpty()) {
                event.put("data", data);
            }
            send(Json.write(event));
        } catch (IOException _) {
            // Nobody listens.
        }
    }

    private void send(String line) throws IOException {
        raw((line + "\r\n").getBytes(UTF_8));
    }

    private void raw(byte[] bytes) throws IOException {
        var to = session;
        if (to != null) {
            sending.lock();
            try {
                to.write(bytes);
                to.flush();
            } finally {
                sending.unlock();
            }
        }
    }
}
