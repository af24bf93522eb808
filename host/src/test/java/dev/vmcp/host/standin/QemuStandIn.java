package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.standin.QmpMonitor.Command;
import dev.vmcp.host.standin.QmpMonitor.Refused;
import dev.vmcp.host.standin.QmpMonitor.Reply;
import dev.vmcp.host.vmm.Json;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;

/// QEMU 7.2 with two monitors, a q35 or a microvm, its serial port on FIFOs.
final class QemuStandIn implements Machine, QmpMonitor.Commands {

    private static final String INCOMING = "fd:";

    private final Arguments arguments;
    private final Guest guest;
    private final ReentrantLock turn = new ReentrantLock();
    private final QmpMonitor monitor = new QmpMonitor(this, turn);
    private final QmpMonitor passing = new QmpMonitor(this, turn);
    private final QemuFiles files;
    private final QemuDevices devices;
    private volatile boolean reading;
    private volatile String migration = "";

    QemuStandIn(Arguments arguments) throws IOException {
        this.arguments = arguments;
        this.files = new QemuFiles(arguments);
        this.devices = new QemuDevices(arguments, files);
        var serial = chardevs("pipe,").getFirst();
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

    private List<String> chardevs(String kind) {
        return arguments.every("-chardev").stream()
                .filter(one -> one.startsWith(kind))
                .map(one -> Arguments.value(one, "path").orElseThrow())
                .toList();
    }

    void run() throws IOException {
        var sockets = chardevs("socket,");
        var listener = PassingListener.at(sockets.get(1));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(sockets.getFirst()), 1);
            Thread.ofPlatform().daemon().name("fds").start(() -> pass(listener));
            serveScreen();
            guest.plugIn();
            start();
            while (true) {
                try (var caller = server.accept()) {
                    monitor.converse(
                            Channels.newInputStream(caller),
                            Channels.newOutputStream(caller),
                            OptionalInt::empty);
                } catch (IOException _) {
                    // The caller hung up.
                }
            }
        }
    }

    private void pass(PassingListener listener) {
        while (true) {
            try (var caller = listener.accept()) {
                passing.converse(caller.in(), caller.out(), caller::take);
            } catch (IOException _) {
                // The caller hung up.
            }
        }
    }

    /// Greets whoever would see the screen, as RFB 3.8 begins.
    private void serveScreen() throws IOException {
        var place = arguments.after("-vnc");
        if (place.isEmpty()) {
            return;
        }
        if (arguments.every("-device").stream().noneMatch("VGA"::equals)) {
            throw new IOException("-vnc: a screen that nothing draws on");
        }
        var socket = place.get().substring("unix:".length());
        var screen = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        screen.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform()
                .daemon()
                .name("vnc")
                .start(() -> {
                    while (true) {
                        try (var viewer = screen.accept()) {
                            viewer.write(ByteBuffer.wrap("RFB 003.008\n".getBytes(UTF_8)));
                        } catch (IOException _) {
                            // The viewer hung up.
                        }
                    }
                });
    }

    private void start() throws IOException {
        var incoming = arguments.after("-incoming");
        if (incoming.isEmpty()) {
            guest.boot(arguments.after("-append").orElse(""));
            return;
        }
        reading = true;
        var descriptor = incoming.get().substring(INCOMING.length());
        var saved = Files.readAllBytes(Path.of("/proc/self/fd/" + descriptor));
        var fields = Json.read(saved, 0, saved.length);
        guest.restore(String.valueOf(fields.get("arguments")), String.valueOf(fields.get("nonce")));
        reading = false;
    }

    @Override
    public Reply answer(QmpMonitor from, Command command) throws IOException {
        if (guest.obeys()) {
            devices.letGo(this::deleted);
        }
        return switch (command.name()) {
            case "query-status" -> Reply.of(status());
            case "query-blockstats" -> Reply.of(List.of());
            case "query-named-block-nodes" -> Reply.of(files.nodes());
            case "query-hotpluggable-cpus" -> Reply.of(devices.size().places());
            case "query-memory-size-summary" -> Reply.of(devices.size().memory());
            case "query-migrate" ->
                    Reply.of(migration.isEmpty() ? Map.of() : Map.of("status", migration));
            case "qom-list" -> Reply.of(devices.list(command.text("path")));
            case "qom-get" ->
                    Reply.of(devices.property(command.text("path"), command.text("property")));
            default -> command.act() ? did(from, command) : Reply.DONE;
        };
    }

    private Reply did(QmpMonitor from, Command command) throws IOException {
        if (command.name().equals("cont") && guest.state() == Guest.State.OFF) {
            throw new Refused("Resetting the Virtual Machine is required");
        }
        switch (command.name()) {
            case "stop", "cont", "system_reset", "system_powerdown" -> {
                // The answer comes before what it brings about.
                return new Reply(Map.of(), () -> act(command.name()));
            }
            case "add-fd" -> {
                return Reply.of(files.addSet(from.arrived()));
            }
            case "remove-fd" -> files.removeSet(command.arguments().getOrDefault("fdset-id", 0));
            case "blockdev-add" -> files.addNode(command);
            case "blockdev-del" -> files.removeNode(command.text("node-name"));
            case "netdev_add" -> files.addTap(command.text("id"), from.named(command.text("fd")));
            case "netdev_del" -> files.removeTap(command.text("id"));
            case "object-add" -> devices.addMemory(command);
            case "object-del" -> devices.removeMemory(command.text("id"));
            case "device_add" -> devices.add(command);
            case "device_del" -> {
                devices.remove(command.text("id"));
                if (guest.obeys()) {
                    return new Reply(Map.of(), () -> devices.letGo(this::deleted));
                }
            }
            case "migrate" -> save(from.named(command.text("uri").substring(INCOMING.length())));
            case "migrate-set-parameters", "migrate_cancel" -> {}
            default -> throw new Refused("CommandNotFound", command.name() + " is not played");
        }
        return Reply.DONE;
    }

    private void deleted(String id) {
        event("DEVICE_DELETED", Map.of("device", id, "path", "/machine/peripheral/" + id));
    }

    private void save(int descriptor) throws IOException {
        try (var out = new FileOutputStream("/proc/self/fd/" + descriptor)) {
            var state = Map.of("nonce", guest.nonce(), "arguments", guest.arguments());
            out.write(Json.write(state).getBytes(UTF_8));
        }
        Descriptors.close(descriptor);
        migration = "completed";
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
                // Also one that has crashed: only one that is off needs a reset.
                if (guest.state() != Guest.State.RUNNING) {
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
                    case PAUSED -> migration.isEmpty() ? "paused" : "postmigrate";
                    case OFF -> reading ? "inmigrate" : "shutdown";
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
        monitor.event(name, data);
        passing.event(name, data);
    }
}
