package dev.vmcp.host.vmm;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.platform.telemetry.otel.Step;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/// One thing that a VMM is asked. It shows as a client span below the step that asks, and what it
/// takes counts as the VMM's time. Follows the semantic conventions for HTTP and RPC clients.
public final class VmmRequest {

    private static final AttributeKey<String> TRANSPORT = stringKey("network.transport");
    private static final AttributeKey<String> SERVER = stringKey("server.address");
    private static final AttributeKey<String> METHOD = stringKey("http.request.method");
    private static final AttributeKey<String> TEMPLATE = stringKey("url.template");
    private static final AttributeKey<Long> STATUS = longKey("http.response.status_code");
    private static final AttributeKey<String> RPC_SYSTEM = stringKey("rpc.system");
    private static final AttributeKey<String> RPC_METHOD = stringKey("rpc.method");
    private static final int FIRST_REFUSAL = 400;

    private final Step step;
    private int status;

    private VmmRequest(Step step) {
        this.step = step.set(TRANSPORT, "unix");
    }

    /// @param socket where the VMM serves HTTP
    public static VmmRequest http(String method, String path, Path socket) {
        var template = template(path);
        return new VmmRequest(
                Step.begin(method + " " + template, SpanKind.CLIENT)
                        .set(SERVER, socket.toString())
                        .set(METHOD, method)
                        .set(TEMPLATE, template));
    }

    /// A command to a QEMU.
    public static VmmRequest qmp(String command) {
        return new VmmRequest(
                Step.begin("qmp/" + command, SpanKind.CLIENT)
                        .set(RPC_SYSTEM, "qmp")
                        .set(RPC_METHOD, command));
    }

    /// The wait until a VMM that was just started can be asked anything.
    public static VmmRequest ready() {
        return new VmmRequest(Step.begin("vmm.ready", SpanKind.INTERNAL));
    }

    /// Asks and waits.
    public <T> T call(Supplier<T> ask) {
        return step.call(() -> {
            try {
                return VmmTime.waiting(ask);
            } catch (DriverException e) {
                step.failed(type(e), String.valueOf(e.getMessage()));
                throw e;
            }
        });
    }

    private String type(DriverException e) {
        return status >= FIRST_REFUSAL
                ? Integer.toString(status)
                : e.kind().name().toLowerCase(Locale.ROOT);
    }

    void answered(int with) {
        status = with;
        step.set(STATUS, with);
    }

    /// Lines for the head of a request, by which its VMM can continue the trace; empty where there
    /// is none.
    String headers() {
        var lines = new StringBuilder();
        step.headers((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
        return lines.toString();
    }

    /// The path without the names that callers give to devices.
    private static String template(String path) {
        int last = path.lastIndexOf('/');
        var parent = path.substring(0, Math.max(0, last));
        return switch (parent) {
            case "/drives", "/network-interfaces", "/pmem" -> parent + "/{id}";
            default -> path;
        };
    }
}
