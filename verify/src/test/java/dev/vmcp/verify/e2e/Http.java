package dev.vmcp.verify.e2e;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.vmcp.verify.harness.HostProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Plain HTTP requests to a host.
final class Http {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// @param headers of the response
    record Reply(int status, String body, HttpResponse<String> headers) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        /// The Connect code of an error.
        String code() {
            return json().get("code").getAsString();
        }
    }

    private Http() {}

    /// A Connect call with a JSON body; `method` such as `vmm.v1.VmService/GetVmInfo`.
    ///
    /// @param headers names and their values, in turn
    static Reply call(HostProcess host, String method, String json, String... headers) {
        var request =
                HttpRequest.newBuilder(URI.create(host.url() + "/" + method))
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(json));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    static Reply post(HostProcess host, String path, String type, byte[] body) {
        return send(
                HttpRequest.newBuilder(URI.create(host.url() + "/" + path))
                        .header("content-type", type)
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    static Reply get(HostProcess host, String path) {
        return send(HttpRequest.newBuilder(URI.create(host.url() + "/" + path)).GET());
    }

    static Reply get(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).GET());
    }

    private static Reply send(HttpRequest.Builder request) {
        try {
            var response = CLIENT.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
