package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.TextFormat;
import dev.vmcp.verify.harness.HostProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients of the Cloud Hypervisor control plane, unchanged, against a host that was started as
/// `chcp-api` with that program's environment.
final class PredecessorTest {

    private static final String SERVICE = "cloudhypervisor.v1.VmService/";
    private static final FileDescriptor PUBLISHED =
            dev.vmcp.api.cloudhypervisor.v1.VmConfig.getDescriptor().getFile();
    private static final FileDescriptor OURS =
            dev.vmcp.api.vmm.v1.VmConfig.getDescriptor().getFile();

    @TempDir static Path directory;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.in(
                        directory,
                        setup ->
                                setup.with("CHCP_PORT", "0")
                                        .with("CHCP_ADDRESS", "127.0.0.1")
                                        .with("CHCP_BACKEND", "qemu")
                                        // What its twin says counts, not these.
                                        .with("UNKEY_VMCP_PORT", "1")
                                        .with("UNKEY_VMCP_ADDRESS", "192.0.2.1")
                                        .with("UNKEY_VMCP_BACKEND", "firecracker"),
                        new HostProcess.As(List.of(), List.of("chcp-api")));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void everyMessageIsTheOneOfVmmV1UnderAnotherName() {
        assertThat(PUBLISHED.getMessageTypes()).hasSizeGreaterThan(20);
        for (var message : PUBLISHED.getMessageTypes()) {
            var twin = OURS.findMessageTypeByName(message.getName());
            assertThat(twin).as(message.getName()).isNotNull();
            assertThat(text(message)).isEqualTo(text(twin));
        }
        for (var type : PUBLISHED.getEnumTypes()) {
            var twin = OURS.findEnumTypeByName(type.getName());
            assertThat(type.toProto()).isEqualTo(twin.toProto());
        }
    }

    private static String text(Descriptor message) {
        DescriptorProto proto = message.toProto();
        return TextFormat.printer()
                .printToString(proto)
                .replace(".cloudhypervisor.v1.", ".vmm.v1.");
    }

    @Test
    void theEightDocumentedCallsAreServedAndNoOther() {
        var service = PUBLISHED.findServiceByName("VmService");
        assertThat(service.getMethods())
                .extracting(MethodDescriptor::getName)
                .containsExactly(
                        "CreateVm",
                        "DeleteVm",
                        "BootVm",
                        "ShutdownVm",
                        "PauseVm",
                        "ResumeVm",
                        "RebootVm",
                        "GetVmInfo");
        for (var method : service.getMethods()) {
            // No such VM, or no such thing as an empty configuration: the call itself is there.
            var reply = Http.call(rig.host(), SERVICE + method.getName(), "{\"vm_id\":\"no\"}");
            assertThat(reply.code()).isIn("not_found", "invalid_argument");
        }
        assertThat(Http.call(rig.host(), SERVICE + "ListVms", "{}").status()).isEqualTo(404);
    }

    @Test
    void aGuestGoesFromCreateToDelete() {
        Walk.through(
                rig, "old", (method, json) -> Http.call(rig.host(), SERVICE + method, json).body());
    }

    @Test
    void grpcurlFindsItByReflection() {
        var grpcurl = Command.find("grpcurl");
        assumeTrue(grpcurl.isPresent(), "no grpcurl on the search path");
        var described =
                Command.run(
                                grpcurl.get(),
                                "-plaintext",
                                rig.host().address(),
                                "describe",
                                "cloudhypervisor.v1.VmService")
                        .good();
        assertThat(described)
                .contains("rpc CreateVm ( .cloudhypervisor.v1.CreateVmRequest )")
                .doesNotContain("ListVms");
        var missing =
                Command.run(
                        grpcurl.get(),
                        "-plaintext",
                        "-d",
                        "{\"vm_id\": \"none\"}",
                        rig.host().address(),
                        SERVICE + "GetVmInfo");
        assertThat(missing.output()).contains("NotFound", "no VM with the id none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "serverless", "curl-cloudhypervisor"})
    void anExampleOfTheGuideIsAccepted(String example) {
        var created =
                Http.call(rig.host(), SERVICE + "CreateVm", new Guide(directory).placed(example))
                        .json();
        assertThat(created.has("vmId")).as(created::toString).isTrue();
        assertThat(created.get("state").getAsString()).isEqualTo("VM_STATE_CREATED");
        var vm = "{\"vm_id\": " + created.get("vmId") + "}";
        // Both packages show one and the same VM.
        assertThat(Http.call(rig.host(), "vmm.v1.VmService/GetVmInfo", vm).body())
                .isEqualTo(Http.call(rig.host(), SERVICE + "GetVmInfo", vm).body());
        assertThat(Http.call(rig.host(), SERVICE + "DeleteVm", vm).json().get("success"))
                .isEqualTo(JsonParser.parseString("true"));
    }

    @Test
    void itsHealthDocumentsAreThere() {
        var simple = Http.get(rig.host(), "health");
        assertThat(simple.status()).isEqualTo(200);
        var complete = Http.get(rig.host(), "_/health");
        assertThat(complete.status()).isEqualTo(200);
        assertThat(complete.headers().headers().firstValue("cache-control"))
                .contains("no-cache, no-store, must-revalidate");
        var document = complete.json();
        assertThat(document.get("status").getAsString()).isEqualTo("healthy");
        assertThat(document.getAsJsonObject("backend").get("type").getAsString()).isEqualTo("qemu");
        assertThat(document.keySet())
                .containsExactlyInAnyOrder(
                        "status", "timestamp", "version", "backend", "system", "checks");
    }
}
