package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.vmcp.verify.e2e.Http.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that nobody sends by mistake: each is refused for what it is, and nothing is left.
final class HostileTest {

    private static final int LIMIT = 1 << 20;

    @TempDir static Path directory;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.in(
                        directory,
                        setup -> setup.with("VMCP_MAX_MESSAGE_BYTES", Integer.toString(LIMIT)));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void nothingIsLeft() {
        var list = call("ListVms", "{}");
        assertThat(list.json().has("vms")).as(list.body()).isFalse();
        assertThat(rig.left()).isEmpty();
    }

    private static Reply call(String method, String json) {
        return Http.call(rig.host(), "vmm.v1.VmService/" + method, json);
    }

    /// A create that is fine, to be spoilt.
    private static JsonObject good() {
        return JsonParser.parseString(
                        """
                        {"vm_id": "vm-0", "config": {"cpu": {"vcpu_count": 1},
                          "memory": {"size_bytes": 16777216},
                          "boot": {"kernel_path": "%s"}}}
                        """
                                .formatted(rig.kernel()))
                .getAsJsonObject();
    }

    private static void refused(Reply reply, String code, String... words) {
        assertThat(reply.code()).as(reply.body()).isEqualTo(code);
        var message = reply.json().get("message").getAsString();
        assertThat(List.of(words)).allMatch(message::contains, message);
        assertThat(reply.body().length()).as("the answer's size").isLessThan(8 << 10);
    }

    @Test
    void aBodyUpToTheLimitIsReadAndOneBeyondIsNot() {
        var head = "{\"vm_id\": \"vm-9\", \"padding\": \"";
        var full = head + "x".repeat(LIMIT - head.length() - 2) + "\"}";
        assertThat(full).hasSize(LIMIT);
        refused(call("GetVmInfo", full), "not_found", "vm-9");
        refused(call("GetVmInfo", full + " "), "resource_exhausted", Integer.toString(LIMIT));
        refused(call("GetVmInfo", full.repeat(20)), "resource_exhausted");
    }

    @Test
    void deepJsonIsRefused() {
        for (int depth : new int[] {200, 10_000, 100_000}) {
            refused(
                    call("CreateVm", "{\"a\":".repeat(depth) + "1" + "}".repeat(depth)),
                    "invalid_argument");
            refused(call("CreateVm", "[".repeat(depth)), "invalid_argument");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"text\"",
                "{",
                "{\"vm_id\": 7}",
                "{\"vm_id\": {}}",
                "{\"vm_id\": [\"a\"]}",
                "{\"config\": []}",
                "{\"config\": \"all\"}",
                "{\"config\": {\"cpu\": 4}}",
                "{\"config\": {\"cpu\": {\"vcpu_count\": \"many\"}}}",
                "{\"config\": {\"cpu\": {\"vcpu_count\": 1.5}}}",
                "{\"config\": {\"cpu\": {\"vcpu_count\": 4294967297}}}",
                "{\"config\": {\"cpu\": {\"vcpu_count\": NaN}}}",
                "{\"config\": {\"cpu\": {\"vcpu_count\": 1e400}}}",
                "{\"config\": {\"memory\": {\"size_bytes\": 9223372036854775808}}}",
                "{\"config\": {\"memory\": {\"size_bytes\": true}}}",
                "{\"config\": {\"memory\": {\"hotplug_enabled\": \"yes\"}}}",
                "{\"config\": {\"storage\": {}}}",
                "{\"config\": {\"storage\": [null]}}",
                "{\"config\": {\"metadata\": {\"a\": 1}}}",
                "{\"config\": {\"metadata\": {\"a\": null}}}",
                "{\"vm_id\": \"a\", \"vm_id\": \"b\"}",
                "{\"vm_id\": \"a\", \"vmId\": \"b\"}",
                "{\"vm_id\": \"a\"} {}"
            })
    void aBodyOfAnotherShapeIsRefused(String json) {
        refused(call("CreateVm", json), "invalid_argument");
    }

    @Test
    void idsThatAreNoIdsAreRefusedAndShownHarmlessly() {
        var ids =
                List.of(
                        "../../etc/passwd",
                        "..",
                        ".",
                        "/",
                        "a/b",
                        "a\u0000b",
                        "a\nb",
                        " ",
                        "-rf",
                        "x".repeat(10_000),
                        "\u202egnp.exe",
                        "\uff0e\uff0e",
                        "v\u043c-0",
                        "a\u0301",
                        "\ud83d\ude00",
                        "%2e%2e",
                        "a;reboot",
                        "$(reboot)");
        for (var id : ids) {
            for (var method : List.of("GetVmInfo", "BootVm", "DeleteVm", "CreateVm")) {
                var request = method.equals("CreateVm") ? good() : new JsonObject();
                request.addProperty("vm_id", id);
                var reply = call(method, request.toString());
                refused(reply, "invalid_argument", "vm_id");
                assertThat(reply.json().get("message").getAsString())
                        .doesNotContain("\u0000", "\n")
                        .hasSizeLessThan(1000);
            }
        }
    }

    @Test
    void numbersBeyondAllMeasureAreRefusedByName() {
        for (var count : List.of("-1", "0", "1025", "2147483647", "-2147483648")) {
            var request = good();
            request.getAsJsonObject("config").add("cpu", json("{\"vcpu_count\": " + count + "}"));
            refused(
                    call("CreateVm", request.toString()),
                    "invalid_argument",
                    "config.cpu.vcpu_count: " + count);
        }
        for (var size : List.of("-1", "0", "1", "16777217", "9223372036854775807")) {
            var request = good();
            request.getAsJsonObject("config")
                    .add("memory", json("{\"size_bytes\": \"" + size + "\"}"));
            refused(
                    call("CreateVm", request.toString()),
                    "invalid_argument",
                    "config.memory.size_bytes: " + size);
        }
        var shutdown = "{\"vm_id\": \"vm-0\", \"timeout_seconds\": -5}";
        refused(call("ShutdownVm", shutdown), "invalid_argument", "timeout_seconds: -5");
    }

    @Test
    void topologiesWhoseProductOverflowsAreRefused() {
        var request = good();
        request.getAsJsonObject("config")
                .add(
                        "cpu",
                        json(
                                """
                                {"vcpu_count": 1, "topology":
                                  {"sockets": 65536, "cores_per_socket": 65536, "threads_per_core": 1}}
                                """));
        refused(call("CreateVm", request.toString()), "invalid_argument", "config.cpu.topology");
    }

    @Test
    void hugeMapsAndListsAreRefusedWithAShortAnswer() {
        var entries =
                IntStream.range(0, 20_000)
                        .boxed()
                        .collect(Collectors.toMap(i -> "k" + i, i -> "v" + i));
        for (var field : List.of("metadata", "cpu.features", "boot.boot_options")) {
            var request = good();
            var at = request.getAsJsonObject("config");
            var names = List.of(field.split("\\.", -1));
            for (var name : names.subList(0, names.size() - 1)) {
                at = at.getAsJsonObject(name);
            }
            at.add(names.getLast(), map(entries));
            refused(call("CreateVm", request.toString()), "invalid_argument", names.getLast());
        }
        var request = good();
        var disks = "{\"path\":\"/x\"},".repeat(20_000) + "{\"path\":\"/x\"}";
        request.getAsJsonObject("config").add("storage", JsonParser.parseString("[" + disks + "]"));
        refused(call("CreateVm", request.toString()), "invalid_argument", "config.storage");
    }

    @Test
    void idsOfDevicesThatStandTwiceAreRefused() {
        var request = good();
        var config = request.getAsJsonObject("config");
        config.add(
                "storage",
                JsonParser.parseString(
                        """
                        [{"id": "a", "path": "%1$s", "read_only": true},
                         {"id": "a", "path": "%1$s", "read_only": true}]
                        """
                                .formatted(rig.kernel())));
        refused(
                call("CreateVm", request.toString()),
                "invalid_argument",
                "config.storage[1].id: a");
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private static JsonObject map(Map<String, String> entries) {
        var map = new JsonObject();
        entries.forEach(map::addProperty);
        return map;
    }

    @Test
    void whatIsNotThereIsSaidToBeNotThere() {
        assertThat(call("FormatDisk", "{}").code()).isEqualTo("unimplemented");
        assertThat(Http.get(rig.host(), "etc/passwd").status()).isEqualTo(404);
        assertThat(Http.get(rig.host(), "../../etc/passwd").status()).isIn(400, 404);
        assertThat(Http.get(rig.host(), "%2e%2e/%2e%2e/etc/passwd").status()).isIn(400, 404);
        var xml = Http.post(rig.host(), "vmm.v1.VmService/ListVms", "text/xml", new byte[3]);
        assertThat(xml.status()).isEqualTo(415);
    }
}
