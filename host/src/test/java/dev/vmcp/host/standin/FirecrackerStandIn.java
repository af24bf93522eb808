package dev.vmcp.host.standin;

import dev.vmcp.host.standin.Rest.Answer;
import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Firecracker 1.15: configured piece by piece, started once, ended by its guest's restart.
final class FirecrackerStandIn implements Machine, Rest.Service {

    private static final String VERSION = "1.15.1";
    private static final String TOO_LATE =
            "The requested operation is not supported after starting the microVM.";
    private static final String TOO_EARLY =
            "The requested operation is not supported before starting the microVM.";

    private static final int ENDED_WELL = 0;
    private static final int ENDED_BADLY = 1;

    private final Arguments arguments;
    private final Guest guest = new Guest(new Port(System.in, System.out), this);
    private final Map<String, Object> boot = new HashMap<>();
    private final Map<String, Map<String, Object>> drives = new HashMap<>();
    private final Map<String, RandomAccessFile> open = new HashMap<>();
    private final OwnLog log;
    private boolean started;

    FirecrackerStandIn(Arguments arguments) {
        this.arguments = arguments;
        this.log = new OwnLog(arguments);
    }

    void run() throws IOException {
        log.say("Running Firecracker v" + VERSION);
        var socket = arguments.after("--api-sock").orElse("/run/firecracker.socket");
        if (Files.exists(Path.of(socket))) {
            log.say("Failed to open the API socket: address in use");
            System.exit(1);
        }
        var rest = new Rest(this, socket);
        log.say("Listening on API socket (\"" + socket + "\").");
        guest.plugIn();
        var file = arguments.after("--config-file");
        if (file.isPresent()) {
            configure(Path.of(file.get()));
        }
        rest.serve();
    }

    /// What stands in the file is noted as the requests that say the same.
    private void configure(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        for (var piece : Json.read(bytes, 0, bytes.length).entrySet()) {
            if (piece.getValue() instanceof List<?> devices) {
                for (var device : Json.objects(devices)) {
                    var drive = device.get("drive_id");
                    var id = drive == null ? device.get("iface_id") : drive;
                    configure("/" + piece.getKey() + "/" + id, device);
                }
            } else {
                configure("/" + piece.getKey(), Json.object(piece.getValue()));
            }
        }
        configure("/actions", Map.of("action_type", "InstanceStart"));
        log.say("Successfully started microvm that was configured from one single json");
    }

    private void configure(String path, Map<String, Object> body) throws IOException {
        var request = new Requests.Request("PUT", path, Json.write(body));
        Requests.note(request);
        var answer = answer(request, Mood.now() != Mood.LYING);
        if (answer.status() >= 300) {
            var words =
                    Rest.object(new Requests.Request("PUT", path, answer.body()))
                            .get("fault_message");
            log.say(
                    "RunWithApiError error: Failed to build MicroVM from Json: Configuration for VMM"
                            + " from one single json failed: "
                            + words);
            log.say("Firecracker exiting with error. exit_code=" + ENDED_BADLY);
            System.exit(ENDED_BADLY);
        }
    }

    @Override
    public Answer answer(Requests.Request request, boolean act) throws IOException {
        var body = Rest.object(request);
        var path = request.path();
        return switch (request.method()) {
            case "GET" -> told(path);
            case "PUT" -> put(path, body, act);
            case "PATCH" -> patched(path, body, act);
            default -> refused("Invalid request method and/or path: " + request.method());
        };
    }

    private Answer told(String path) {
        return switch (path) {
            case "/" ->
                    Answer.json(
                            Map.of(
                                    "app_name",
                                    "Firecracker",
                                    "id",
                                    arguments.after("--id").orElse("anonymous-instance"),
                                    "state",
                                    state(),
                                    "vmm_version",
                                    VERSION));
            case "/version" -> Answer.json(Map.of("firecracker_version", VERSION));
            case "/vm/config" -> Answer.json(Map.of("drives", List.copyOf(drives.values())));
            default -> refused("Invalid request method and/or path: GET " + path);
        };
    }

    private String state() {
        if (!started) {
            return "Not started";
        }
        return guest.state() == Guest.State.PAUSED ? "Paused" : "Running";
    }

    private Answer put(String path, Map<String, Object> body, boolean act) throws IOException {
        if (path.equals("/actions")) {
            return action(String.valueOf(body.get("action_type")), act);
        }
        if (path.equals("/snapshot/create")) {
            return save(body, act);
        }
        if (started) {
            return refused(TOO_LATE);
        }
        if (!act) {
            return Answer.DONE;
        }
        if (path.equals("/snapshot/load")) {
            return load(body);
        }
        if (path.equals("/boot-source")) {
            boot.putAll(body);
            return readable(body.getOrDefault("kernel_image_path", ""))
                    ? Answer.DONE
                    : refused("The kernel file cannot be opened: No such file or directory");
        }
        if (path.startsWith("/drives/")) {
            return drive(path, body);
        }
        return path.equals("/machine-config") || path.startsWith("/network-interfaces/")
                ? Answer.DONE
                : refused("Invalid request method and/or path: PUT " + path);
    }

    private Answer drive(String path, Map<String, Object> body) throws IOException {
        var file = body.get("path_on_host");
        var id = path.substring("/drives/".length());
        if (!id.equals(body.get("drive_id"))) {
            return refused("The id from the path does not match the id from the body!");
        }
        if (file != null && !readable(file)) {
            return refused("Unable to open the backing file: No such file or directory");
        }
        drives.computeIfAbsent(id, _ -> new HashMap<>()).putAll(body);
        if (file != null) {
            var before = open.put(id, new RandomAccessFile(String.valueOf(file), "r"));
            if (before != null) {
                before.close();
            }
        }
        return Answer.DONE;
    }

    @SuppressWarnings("RefactorSwitch") // each verb returns where it fails
    private Answer action(String type, boolean act) throws IOException {
        switch (type) {
            case "InstanceStart" -> {
                if (started) {
                    return refused(TOO_LATE);
                }
                if (act) {
                    started = true;
                    guest.boot(String.valueOf(boot.getOrDefault("boot_args", "")));
                }
                return Answer.DONE;
            }
            case "SendCtrlAltDel" -> {
                if (!started) {
                    return refused(TOO_EARLY);
                }
                return act && guest.obeys() ? new Answer(204, "", this::guestReset) : Answer.DONE;
            }
            case "FlushMetrics" -> {
                return started ? Answer.DONE : refused(TOO_EARLY);
            }
            default -> {
                return refused("unknown variant `" + type + "`");
            }
        }
    }

    private Answer patched(String path, Map<String, Object> body, boolean act) throws IOException {
        if (!started) {
            return refused(TOO_EARLY);
        }
        if (!act) {
            return Answer.DONE;
        }
        if (path.equals("/vm")) {
            guest.set(
                    "Paused".equals(body.get("state")) ? Guest.State.PAUSED : Guest.State.RUNNING);
            return Answer.DONE;
        }
        if (path.startsWith("/network-interfaces/")) {
            return Answer.DONE;
        }
        return path.startsWith("/drives/")
                ? drive(path, body)
                : refused("Invalid request method and/or path: PATCH " + path);
    }

    private Answer save(Map<String, Object> body, boolean act) throws IOException {
        if (!started || guest.state() != Guest.State.PAUSED) {
            return refused("save/restore unavailable while running");
        }
        if (act) {
            Files.writeString(
                    Path.of(String.valueOf(body.get("snapshot_path"))),
                    Json.write(Map.of("arguments", guest.arguments())));
            var diff = "Diff".equals(body.get("snapshot_type"));
            new SavedMemory(Path.of(String.valueOf(body.get("mem_file_path"))))
                    .write(guest.nonce(), diff);
        }
        return Answer.DONE;
    }

    private Answer load(Map<String, Object> body) throws IOException {
        var backend = body.get("mem_backend");
        var memory =
                backend == null
                        ? body.getOrDefault("mem_file_path", "")
                        : Json.object(backend).getOrDefault("backend_path", "");
        if (!readable(body.getOrDefault("snapshot_path", "")) || !readable(memory)) {
            log.say("Load snapshot error: No such file or directory exit_code=1");
            System.exit(1);
        }
        var saved = Files.readAllBytes(Path.of(String.valueOf(body.get("snapshot_path"))));
        var fields = Json.read(saved, 0, saved.length);
        var nonce = new SavedMemory(Path.of(String.valueOf(memory))).nonce();
        started = true;
        guest.restore(String.valueOf(fields.get("arguments")), nonce);
        if (Boolean.TRUE.equals(body.get("resume_vm"))) {
            guest.set(Guest.State.RUNNING);
        }
        return Answer.DONE;
    }

    private static boolean readable(Object file) {
        return file instanceof String name && Files.isReadable(Path.of(name));
    }

    private static Answer refused(String words) {
        return new Answer(400, Json.write(Map.of("fault_message", words)));
    }

    @Override
    public void guestReset() {
        log.say("Vmm is stopping.");
        log.say("Firecracker exiting successfully. exit_code=" + ENDED_WELL);
        Runtime.getRuntime().halt(ENDED_WELL);
    }

    /// It has no power-off: the guest stands still and the VMM does not know.
    @Override
    public void guestPoweredOff() {
        guest.hang();
    }

    @Override
    public void guestCrashed() {
        log.say("Received KVM_EXIT_INTERNAL_ERROR signal");
        log.say("Firecracker exiting with error. exit_code=" + ENDED_BADLY);
        Runtime.getRuntime().halt(ENDED_BADLY);
    }
}
