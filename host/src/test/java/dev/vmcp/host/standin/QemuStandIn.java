package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vmcp.host.vmm.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// QEMU 7.2's monitor: one session at a time, each greeted, no command before `qmp_capabilities`.
final class QemuStandIn implements Machine {

    private static final String GREETING =
            "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":22,\"minor\":2,\"major\":7},\"package\":\"\"},"
                    + "\"capabilities\":[\"oob\"]}}";

    private final Arguments arguments;
    private final Guest guest;
    private final ReentrantLock sending = new ReentrantLock();
    private @Nullable OutputStream session;
    private boolean negotiated;

    QemuStandIn(Arguments arguments) throws IOException {
        this.arguments = arguments;
        var serial =
                arguments.every("-chardev").stream()
                        .filter(one -> one.startsWith("pipe,"))
                        .map(one -> Arguments.value(one, "path").orElseThrow())
                        .findFirst()
                        .orElseThrow();
        // Both ends at once, so that no end of another is waited for.
        var in = new RandomAccessFile(serial + ".in", "rw");
        var out = new RandomAccessFile(serial + ".out", "rw");
        this.guest =
                new Guest(
                        new Port(
                                Channels.newInputStream(in.getChannel()),
                                Channels.newOutputStream(out.getChannel())),
                        this);
    }

    void run() throws IOException {
        var name =
                arguments.every("-chardev").stream()
                        .filter(one -> one.startsWith("socket,"))
                        .map(one -> Arguments.value(one, "path").orElseThrow())
                        .findFirst()
                        .orElseThrow();
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(name), 1);
            guest.plugIn();
            guest.boot(arguments.after("-append").orElse(""));
            while (true) {
                try (var caller = server.accept()) {
                    converse(
                            new BufferedReader(
                                    new InputStreamReader(Channels.newInputStream(caller), UTF_8)),
                            Channels.newOutputStream(caller));
                } catch (IOException _) {
                    // The caller hung up.
                }
                session = null;
            }
        }
    }

    private void converse(BufferedReader in, OutputStream out) throws IOException {
        negotiated = false;
        session = out;
        if (Mood.now() == Mood.SILENT) {
            standStill();
        }
        send(GREETING);
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var bytes = line.getBytes(UTF_8);
            command(Json.read(bytes, 0, bytes.length));
        }
    }

    private void command(Map<String, Object> line) throws IOException {
        var name = String.valueOf(line.get("execute"));
        Requests.note(
                new Requests.Request("QMP", name, Json.write(Json.object(line.get("arguments")))));
        var mood = Mood.now();
        switch (mood) {
            case SILENT -> standStill();
            case MALFORMED -> send("]}{\"return\":{[");
            case ENDLESS -> {
                while (true) {
                    raw("{\"event\":\"".getBytes(UTF_8));
                    raw("ENDLESS".repeat(9999).getBytes(UTF_8));
                }
            }
            case HALF -> {
                raw("{\"return\": {\"status\": \"run".getBytes(UTF_8));
                standStill();
            }
            case FINE, LYING -> send(answer(name, line, mood == Mood.FINE));
        }
    }

    private String answer(String name, Map<String, Object> line, boolean act) throws IOException {
        if (name.equals("qmp_capabilities")) {
            negotiated = true;
            return answered(line, Map.of());
        }
        if (!negotiated) {
            return refused(line, "CommandNotFound", "Expecting capabilities negotiation");
        }
        return switch (name) {
            case "query-status" -> answered(line, status());
            case "query-blockstats" -> answered(line, List.of());
            case "stop", "cont", "system_reset", "system_powerdown" -> {
                // The answer comes before what it brings about, and a lie brings nothing about.
                var said = answered(line, Map.of());
                if (act) {
                    send(said);
                    act(name);
                    yield "";
                }
                yield said;
            }
            default ->
                    refused(line, "CommandNotFound", "The command " + name + " has not been found");
        };
    }

    private void act(String name) {
        switch (name) {
            case "stop" -> {
                if (guest.state() == Guest.State.RUNNING) {
                    guest.set(Guest.State.PAUSED);
                    event("STOP", Map.of());
                }
            }
            case "cont" -> {
                if (guest.state() == Guest.State.PAUSED) {
                    guest.set(Guest.State.RUNNING);
                    event("RESUME", Map.of());
                }
            }
            case "system_reset" -> {
                var paused = guest.state() == Guest.State.PAUSED;
                event("RESET", Map.of("guest", false, "reason", "host-qmp-system-reset"));
                guest.reboot();
                if (paused) {
                    guest.set(Guest.State.PAUSED);
                }
            }
            default -> {
                event("POWERDOWN", Map.of());
                if (guest.obeys()) {
                    guestPoweredOff();
                }
            }
        }
    }

    private Map<String, Object> status() {
        var word =
                switch (guest.state()) {
                    case RUNNING -> "running";
                    case PAUSED -> "paused";
                    case OFF -> "shutdown";
                    case CRASHED -> "guest-panicked";
                };
        return Map.of("status", word, "singlestep", false, "running", word.equals("running"));
    }

    @Override
    public void guestReset() {
        event("RESET", Map.of("guest", true, "reason", "guest-reset"));
        guest.reboot();
    }

    @Override
    public void guestPoweredOff() {
        guest.set(Guest.State.OFF);
        event("SHUTDOWN", Map.of("guest", true, "reason", "guest-shutdown"));
        event("STOP", Map.of());
    }

    @Override
    public void guestCrashed() {
        guest.set(Guest.State.CRASHED);
        event("GUEST_PANICKED", Map.of("action", "pause"));
        event("STOP", Map.of());
    }

    private void event(String name, Map<String, Object> data) {
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

    private static String answered(Map<String, Object> line, Object value) {
        return Json.write(Map.of("return", value, "id", line.getOrDefault("id", 0)));
    }

    private static String refused(Map<String, Object> line, String kind, String words) {
        return Json.write(
                Map.of(
                        "error",
                        Map.of("class", kind, "desc", words),
                        "id",
                        line.getOrDefault("id", 0)));
    }

    private void send(String line) throws IOException {
        if (!line.isEmpty()) {
            raw((line + "\r\n").getBytes(UTF_8));
        }
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

    private static void standStill() {
        while (true) {
            LockSupport.park();
        }
    }
}
