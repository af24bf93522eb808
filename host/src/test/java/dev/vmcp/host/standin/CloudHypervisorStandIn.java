package dev.vmcp.host.standin;

import dev.vmcp.host.standin.Rest.Answer;
import dev.vmcp.host.vmm.Json;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Cloud Hypervisor 53 with `--no-shutdown` and its serial port on standard input and output.
///
/// Its guest lets go of devices, as one with PCI hotplug does.
final class CloudHypervisorStandIn implements Machine, Rest.Service {

    private static final String ROOT = "/api/v1/";

    private final Arguments arguments;
    private final Guest guest = new Guest(new Port(System.in, System.out), this);
    private final Map<String, RandomAccessFile> open = new HashMap<>();
    private final FileOutputStream events;
    private @Nullable Map<String, Object> config;

    CloudHypervisorStandIn(Arguments arguments) throws IOException {
        this.arguments = arguments;
        var events =
                arguments
                        .after("--event-monitor")
                        .flatMap(value -> Arguments.value(value, "path"))
                        .orElse("/dev/null");
        // As the real one this waits for a reader where it is a FIFO.
        this.events = new FileOutputStream(events);
    }

    void run() throws IOException {
        event("vmm", "starting");
        guest.plugIn();
        var socket = arguments.after("--api-socket").orElseThrow();
        new Rest(this, Arguments.value(socket, "path").orElse(socket)).serve();
    }

    @Override
    public Answer answer(Requests.Request request, boolean act) throws IOException {
        if (!request.path().startsWith(ROOT)) {
            return new Answer(404, "");
        }
        var action = request.path().substring(ROOT.length());
        var body = Rest.object(request);
        return switch (action) {
            case "vmm.ping" ->
                    Answer.json(
                            Map.of(
                                    "version",
                                    "v53.0",
                                    "build_version",
                                    "v53.0",
                                    "pid",
                                    ProcessHandle.current().pid(),
                                    "features",
                                    List.of("kvm")));
            case "vm.info" -> config == null ? missing() : Answer.json(info());
            case "vm.counters" ->
                    running() || paused()
                            ? new Answer(200, counters())
                            : failed("VM is not running");
            case "vm.create" -> create(body, act);
            case "vm.resize", "vm.add-disk", "vm.add-net", "vm.remove-device" ->
                    config == null ? missing() : changed(action, body, act);
            case "vm.snapshot" -> save(body, act);
            case "vm.restore" -> restore(body, act);
            default -> config == null ? missing() : did(action, act);
        };
    }

    /// Of a disk that nothing was read from yet it says the largest number that it has.
    private String counters() {
        return Json.objects(config().get("disks")).stream()
                .map(disk ->
                        "\"%s\":{\"read_bytes\":0,\"write_bytes\":0,\"read_latency_min\":%s}"
                                .formatted(disk.get("id"), Long.toUnsignedString(-1)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private Answer did(String action, boolean act) throws IOException {
        var fits =
                switch (action) {
                    case "vm.boot" -> off();
                    case "vm.pause", "vm.power-button" -> running();
                    case "vm.resume" -> paused();
                    case "vm.reboot", "vm.shutdown" -> running() || paused();
                    case "vmm.shutdown" -> true;
                    default -> false;
                };
        if (!fits) {
            return failed("InvalidStateTransition(" + guest.state() + ", " + action + ")");
        }
        if (act) {
            act(action);
        }
        return Answer.DONE;
    }

    private void act(String action) throws IOException {
        switch (action) {
            case "vm.boot" -> boot();
            case "vm.pause" -> {
                event("vm", "pausing");
                guest.set(Guest.State.PAUSED);
                event("vm", "paused");
            }
            case "vm.resume" -> {
                event("vm", "resuming");
                guest.set(Guest.State.RUNNING);
                event("vm", "resumed");
            }
            case "vm.reboot" -> guestReset();
            case "vm.power-button" -> {
                if (guest.obeys()) {
                    guestPoweredOff();
                }
            }
            case "vm.shutdown" -> guestPoweredOff();
            default -> Runtime.getRuntime().halt(0);
        }
    }

    private Answer create(Map<String, Object> body, boolean act) {
        if (config != null) {
            return failed("VmAlreadyCreated");
        }
        if (act) {
            config = new HashMap<>(body);
        }
        return Answer.DONE;
    }

    private void boot() throws IOException {
        event("vm", "booting");
        for (var disk : devices("disks")) {
            hold(disk);
        }
        guest.boot(arguments(config()));
        event("vm", "booted");
    }

    private static String arguments(Map<String, Object> config) {
        var payload = Json.object(config.get("payload"));
        return String.valueOf(payload.getOrDefault("cmdline", ""));
    }

    private Answer changed(String action, Map<String, Object> body, boolean act)
            throws IOException {
        if (action.equals("vm.add-disk")
                && !Files.isReadable(Path.of(String.valueOf(body.get("path"))))) {
            return failed("Error from device manager: No such file or directory (os error 2)");
        }
        if (!act) {
            return action.startsWith("vm.add")
                    ? Answer.json(Map.of("id", body.get("id"), "bdf", "0000:00:05.0"))
                    : Answer.DONE;
        }
        switch (action) {
            case "vm.resize" -> resize(body);
            case "vm.remove-device" -> remove(String.valueOf(body.get("id")));
            case "vm.add-disk" -> {
                hold(body);
                devices("disks").add(body);
            }
            default -> devices("net").add(body);
        }
        return action.startsWith("vm.add") && !off()
                ? Answer.json(Map.of("id", body.get("id"), "bdf", "0000:00:05.0"))
                : Answer.DONE;
    }

    private void resize(Map<String, Object> body) throws IOException {
        event("vm", "resizing");
        var cpus = new HashMap<>(Json.object(config().get("cpus")));
        if (body.containsKey("desired_vcpus")) {
            cpus.put("boot_vcpus", body.get("desired_vcpus"));
            config().put("cpus", cpus);
        }
        event("vm", "resized");
    }

    private void remove(String id) throws IOException {
        for (var section : List.of("disks", "net")) {
            devices(section).removeIf(device -> id.equals(device.get("id")));
        }
        var file = open.remove(id);
        if (file != null) {
            file.close();
        }
        event("vm", "device-removed");
    }

    private void hold(Map<String, Object> disk) throws IOException {
        open.put(
                String.valueOf(disk.get("id")),
                new RandomAccessFile(String.valueOf(disk.get("path")), "r"));
    }

    private Answer save(Map<String, Object> body, boolean act) throws IOException {
        if (!paused()) {
            return failed("VmNotPaused");
        }
        if (act) {
            var directory = directory(body.get("destination_url"));
            Files.writeString(directory.resolve("config.json"), Json.write(config()));
            Files.writeString(
                    directory.resolve("state.json"), Json.write(Map.of("nonce", guest.nonce())));
            Files.write(directory.resolve("memory-ranges"), new byte[4096]);
        }
        return Answer.DONE;
    }

    private Answer restore(Map<String, Object> body, boolean act) throws IOException {
        if (config != null) {
            return failed("VmAlreadyCreated");
        }
        if (act) {
            var directory = directory(body.get("source_url"));
            config = new HashMap<>(json(directory.resolve("config.json")));
            for (var disk : devices("disks")) {
                hold(disk);
            }
            guest.restore(
                    arguments(config()),
                    String.valueOf(json(directory.resolve("state.json")).get("nonce")));
            if (Boolean.TRUE.equals(body.get("resume"))) {
                guest.set(Guest.State.RUNNING);
            }
        }
        return Answer.DONE;
    }

    private static Path directory(@Nullable Object url) {
        return Path.of(URI.create(String.valueOf(url)).getPath());
    }

    private static Map<String, Object> json(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        return Json.read(bytes, 0, bytes.length);
    }

    private Map<String, Object> config() {
        var here = config;
        if (here == null) {
            throw new IllegalStateException("config: none (expected: a VM)");
        }
        return here;
    }

    @SuppressWarnings("unchecked") // made here
    private List<Map<String, Object>> devices(String section) {
        var listed =
                (List<Map<String, Object>>)
                        config().computeIfAbsent(section, _ -> new ArrayList<>());
        if (!(listed instanceof ArrayList)) {
            listed = new ArrayList<>(listed);
            config().put(section, listed);
        }
        return listed;
    }

    private Map<String, Object> info() {
        var info = new LinkedHashMap<String, Object>();
        info.put("config", config());
        info.put("state", off() ? "Created" : paused() ? "Paused" : "Running");
        info.put("memory_actual_size", Json.object(config().get("memory")).getOrDefault("size", 0));
        var tree = new HashMap<String, Object>();
        for (var section : List.of("disks", "net")) {
            for (var device : devices(section)) {
                tree.put(String.valueOf(device.get("id")), Map.of("id", device.get("id")));
            }
        }
        info.put("device_tree", tree);
        return info;
    }

    private boolean off() {
        return guest.state() == Guest.State.OFF;
    }

    private boolean running() {
        return guest.state() == Guest.State.RUNNING;
    }

    private boolean paused() {
        return guest.state() == Guest.State.PAUSED;
    }

    private static Answer missing() {
        return new Answer(404, "[\"Error from API\",\"VM is not created\"]");
    }

    private static Answer failed(String words) {
        return new Answer(500, Json.write(List.of("Error from API", words)));
    }

    @Override
    public void guestReset() {
        event("vm", "rebooting");
        guest.reboot();
        event("vm", "rebooted");
    }

    @Override
    public void guestPoweredOff() {
        guest.set(Guest.State.OFF);
        event("vm", "shutdown");
    }

    /// A triple fault ends it, with 0.
    @Override
    public void guestCrashed() {
        event("vm", "shutdown");
        event("vm", "deleted");
        event("vmm", "shutdown");
        Runtime.getRuntime().halt(0);
    }

    private void event(String source, String name) {
        try {
            var event =
                    "{\n  \"timestamp\": {\n    \"secs\": 1,\n    \"nanos\": 0\n  },\n  \"source\": \""
                            + source
                            + "\",\n  \"event\": \""
                            + name
                            + "\",\n  \"properties\": null\n}\n\n";
            events.write(event.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.err.println("event: " + e);
        }
    }
}
