package dev.vmcp.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;

/// The lives of VMs as clients with JSON ask for them: what `curl` and the clients of old speak,
/// and this command line does not. For the training of the host's AOT cache only.
final class OverJson {
    private static final String VM = "/vmm.v1.VmService/";
    private static final String CONSOLE = "/vmcp.host.v1.HostService/ReadConsole";
    private static final int ENVELOPE = 5;
    private static final int PATIENCE_MILLIS = 5_000;

    private final String endpoint;

    private OverJson(String endpoint) {
        this.endpoint = endpoint;
    }

    /// As many lives on whichever backend the host chooses; fewer where one goes wrong.
    static void lives(String endpoint, String kernel, int count) {
        var host = new OverJson(endpoint);
        for (int i = 0; i < count && host.live("json-" + i, kernel); i++) {}
    }

    private boolean live(String id, String kernel) {
        var vm = "{\"vmId\":\"" + id + "\"}";
        var config =
                "{\"cpu\":{\"vcpuCount\":1},\"memory\":{\"sizeBytes\":\"16777216\"},"
                        + "\"boot\":{\"kernelPath\":\""
                        + kernel
                        + "\"}}";
        try {
            call("CreateVm", "{\"vmId\":\"" + id + "\",\"config\":" + config + "}");
            call("BootVm", vm);
            readConsole("{\"vmId\":\"" + id + "\",\"follow\":true}");
            call("GetVmInfo", vm);
            call("ListVms", "{}");
            call("DeleteVm", "{\"vmId\":\"" + id + "\",\"force\":true}");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void call(String method, String body) throws IOException {
        try (var said = post(VM + method, "application/json", body.getBytes(UTF_8))) {
            var _ = said.readAllBytes();
        }
    }

    /// Until the guest has printed.
    private void readConsole(String request) throws IOException {
        var message = request.getBytes(UTF_8);
        var body = ByteBuffer.allocate(ENVELOPE + message.length).put((byte) 0);
        body.putInt(message.length).put(message);
        try (var said = post(CONSOLE, "application/connect+json", body.array())) {
            var _ = said.readNBytes(ENVELOPE);
        }
    }

    /// What is answered; fails where it is an error.
    private InputStream post(String path, String type, byte[] body) throws IOException {
        var call = (HttpURLConnection) URI.create(endpoint + path).toURL().openConnection();
        call.setReadTimeout(PATIENCE_MILLIS);
        call.setDoOutput(true);
        call.setRequestProperty("Content-Type", type);
        call.getOutputStream().write(body);
        return call.getInputStream();
    }
}
