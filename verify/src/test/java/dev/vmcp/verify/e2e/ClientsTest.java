package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each client takes a real guest from create to delete.
final class ClientsTest {

    private static final String SERVICE = "vmm.v1.VmService/";

    @TempDir static Path directory;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.in(directory);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void ourOwnClient() {
        Walk.through(rig, "ours", ClientsTest::own);
    }

    private static String own(String method, String json) {
        var client = rig.client();
        return json(
                switch (method) {
                    case "CreateVm" ->
                            client.createVm(read(json, CreateVmRequest.newBuilder()).build());
                    case "BootVm" -> client.bootVm(read(json, BootVmRequest.newBuilder()).build());
                    case "GetVmInfo" ->
                            client.getVmInfo(read(json, GetVmInfoRequest.newBuilder()).build());
                    case "PauseVm" ->
                            client.pauseVm(read(json, PauseVmRequest.newBuilder()).build());
                    case "ResumeVm" ->
                            client.resumeVm(read(json, ResumeVmRequest.newBuilder()).build());
                    case "RebootVm" ->
                            client.rebootVm(read(json, RebootVmRequest.newBuilder()).build());
                    case "ShutdownVm" ->
                            client.shutdownVm(read(json, ShutdownVmRequest.newBuilder()).build());
                    case "DeleteVm" ->
                            client.deleteVm(read(json, DeleteVmRequest.newBuilder()).build());
                    default -> throw new IllegalStateException("method: " + method);
                });
    }

    private static <B extends Message.Builder> B read(String json, B builder) {
        try {
            JsonFormat.parser().merge(json, builder);
            return builder;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(json, e);
        }
    }

    private static String json(Message message) {
        try {
            return JsonFormat.printer().print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void curlWithTheBodiesOfTheGuide() {
        var curl = Command.find("curl");
        assumeTrue(curl.isPresent(), "no curl on the search path");
        Walk.through(
                rig,
                "curl",
                (method, json) ->
                        Command.run(
                                        curl.get(),
                                        "-sS",
                                        "-X",
                                        "POST",
                                        rig.host().url() + "/" + SERVICE + method,
                                        "-H",
                                        "Content-Type: application/json",
                                        "-d",
                                        json)
                                .good());
    }

    @Test
    void grpcurlByReflection() {
        var grpcurl = grpcurl();
        assumeTrue(grpcurl.isPresent(), "no grpcurl and no Go that installs it");
        var services =
                Command.run(grpcurl.get(), "-plaintext", rig.host().address(), "list").good();
        assertThat(services).contains("vmm.v1.VmService", "vmcp.host.v1.HostService");
        Walk.through(
                rig,
                "grpcurl",
                (method, json) ->
                        camel(
                                Command.run(
                                                grpcurl.get(),
                                                "-plaintext",
                                                "-d",
                                                json,
                                                rig.host().address(),
                                                SERVICE + method)
                                        .good()));
    }

    /// Reflection from Java gives no JSON names, so grpcurl prints the fields' own.
    private static String camel(String json) {
        return Pattern.compile("\"[a-z_]+\":")
                .matcher(json)
                .replaceAll(name -> NodeClients.camel(name.group()));
    }

    private static Optional<String> grpcurl() {
        var there = Command.find("grpcurl");
        var go = Command.find("go");
        if (there.isPresent() || go.isEmpty()) {
            return there;
        }
        var module = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3";
        var _ = Command.run(Path.of("."), Map.of(), java.util.List.of(go.get(), "install", module));
        return Command.find("grpcurl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc", "grpcweb"})
    void bufCurlByReflection(String protocol) {
        var buf = NodeClients.installed().buf();
        Walk.through(
                rig,
                "buf-" + protocol,
                (method, json) ->
                        Command.run(
                                        buf,
                                        "curl",
                                        "--http2-prior-knowledge",
                                        "--protocol",
                                        protocol,
                                        "-d",
                                        json,
                                        rig.host().url() + "/" + SERVICE + method)
                                .good());
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc", "grpcweb"})
    void connectNode(String transport) {
        try (var node = NodeClients.installed().connect(rig, transport)) {
            Walk.through(
                    rig, "node-" + transport, (method, json) -> node.call(SERVICE + method, json));
        }
    }
}
