package dev.vmcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.vmcp.api.host.v1.BackendVerdict;
import dev.vmcp.api.host.v1.ExplainBackendRequest;
import dev.vmcp.api.host.v1.ExplainBackendResponse;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.BootVmResponse;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmResponse;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmResponse;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmResponse;
import dev.vmcp.api.vmm.v1.VmState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VmCommandsTest {
    private static final String EVERY_FLAG =
            """
            {"vmId": "web-1", "backend": "qemu", "config": {
             "cpu": {"vcpuCount": 2, "maxVcpuCount": 4},
             "memory": {"sizeBytes": "2147483648"},
             "boot": {"kernelPath": "/k/vmlinux", "initrdPath": "/k/initrd",
              "kernelArgs": "console=ttyS0 quiet",
              "bootOptions": {"machine": "q35"}},
             "storage": [
              {"id": "system", "path": "/d/root.img", "isRootDevice": true,
               "options": {"format": "qcow2"}},
              {"path": "/d/data.img", "readOnly": true,
               "interfaceType": "scsi"}],
             "network": [
              {"id": "eth0", "tapDevice": "vmtap0",
               "macAddress": "52:54:00:01:02:03"},
              {"id": "data", "tapDevice": "vmtap1",
               "interfaceType": "e1000"}],
             "console": {"enabled": true, "output": "/var/log/web.log"},
             "metadata": {"team": "a=b"}}}\
            """;

    @TempDir Path directory;

    private AnsweringHost host;
    private Shell shell;
    private final AtomicReference<CreateVmRequest> created = new AtomicReference<>();

    @BeforeEach
    void start() throws IOException {
        host = new AnsweringHost();
        shell = Shell.at(host.url());
        host.onVm(
                "CreateVm",
                bytes -> {
                    created.set(CreateVmRequest.parseFrom(bytes));
                    var id = created.get().getVmId();
                    return CreateVmResponse.newBuilder()
                            .setVmId(id.isEmpty() ? "vm-made-up" : id)
                            .setState(VmState.VM_STATE_CREATED)
                            .build();
                });
        host.onVm(
                "BootVm",
                bytes ->
                        BootVmRequest.parseFrom(bytes).getVmId().isEmpty()
                                ? BootVmResponse.getDefaultInstance()
                                : BootVmResponse.newBuilder()
                                        .setSuccess(true)
                                        .setState(VmState.VM_STATE_RUNNING)
                                        .build());
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void flagsBecomeTheWholeConfiguration() {
        var ran =
                shell.run(
                        "vm",
                        "create",
                        "--name",
                        "web-1",
                        "--cpus",
                        "2",
                        "--max-cpus=4",
                        "--memory",
                        "2GiB",
                        "--kernel",
                        "/k/vmlinux",
                        "--initrd",
                        "/k/initrd",
                        "--args",
                        "console=ttyS0 quiet",
                        "--disk",
                        "/d/root.img,root,format=qcow2,id=system",
                        "--disk",
                        "/d/data.img,ro,interface=scsi",
                        "--net",
                        "tap=vmtap0,mac=52:54:00:01:02:03",
                        "--net",
                        "tap=vmtap1,id=data,type=e1000",
                        "--console-output",
                        "/var/log/web.log",
                        "--metadata",
                        "team=a=b",
                        "--boot-option",
                        "machine=q35",
                        "--backend",
                        "qemu");

        assertThat(ran).isEqualTo(new Shell.Ran(0, "web-1 created\n", ""));
        assertThat(created.get()).isEqualTo(request(EVERY_FLAG));
    }

    @Test
    void aRelativePathBecomesOneThatTheHostCanRead() {
        shell.run("vm", "create", "--kernel", "some/../vmlinux");

        assertThat(created.get().getConfig().getBoot().getKernelPath())
                .isEqualTo(Path.of("vmlinux").toAbsolutePath().toString());
    }

    @Test
    void aFileMayBeInSnakeOrCamelCaseAndTheNameMayBeGivenBeside() throws IOException {
        var file =
                Files.writeString(
                        directory.resolve("vm.json"),
                        """
                        {"config": {"cpu": {"vcpu_count": 2, "maxVcpuCount": 4}}}\
                        """);

        var ran = shell.run("vm", "create", "-f", file.toString(), "--name", "a", "--boot");

        assertThat(ran).isEqualTo(new Shell.Ran(0, "a running\n", ""));
        assertThat(created.get())
                .isEqualTo(
                        request(
                                """
                                {"vmId": "a",
                                 "config": {"cpu": {"vcpuCount": 2, "maxVcpuCount": 4}}}\
                                """));
    }

    @Test
    void aDashReadsStandardInput() {
        var ran = shell.typing("{\"vm_id\": \"piped\"}").run("vm", "create", "-f", "-", "-oname");

        assertThat(ran).isEqualTo(new Shell.Ran(0, "piped\n", ""));
    }

    @Test
    void aFileWithAnUnknownFieldIsRefusedByName() {
        var ran = shell.typing("{\"config\": {\"cpus\": 2}}").run("vm", "create", "-f", "-");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("cpus").contains("next: vmcp vm create --help");
        assertThat(created).hasNullValue();
    }

    @Test
    void flagsBesideAFileAreRefused() {
        var ran = shell.typing("{}").run("vm", "create", "-f", "-", "--cpus", "2");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).startsWith("vmcp: --cpus beside --file");
    }

    @Test
    void stopTellsTheHostHowLongAndSaysHowItEnded() {
        var seen = new AtomicReference<ShutdownVmRequest>();
        host.onVm(
                "ShutdownVm",
                bytes -> {
                    seen.set(ShutdownVmRequest.parseFrom(bytes));
                    return ShutdownVmResponse.newBuilder()
                            .setState(VmState.VM_STATE_SHUTDOWN)
                            .setOutcome("killed")
                            .build();
                });

        var ran = shell.run("vm", "stop", "web-1", "--timeout", "2m");

        assertThat(ran).isEqualTo(new Shell.Ran(0, "web-1 shutdown (killed)\n", ""));
        assertThat(seen.get())
                .isEqualTo(
                        ShutdownVmRequest.newBuilder()
                                .setVmId("web-1")
                                .setTimeoutSeconds(120)
                                .build());
    }

    @Test
    void manyVmsAreChangedInTurnAndTheFirstFailureIsTheExitCode() {
        host.onVm(
                "DeleteVm",
                bytes ->
                        DeleteVmResponse.newBuilder()
                                .setSuccess(DeleteVmRequest.parseFrom(bytes).getForce())
                                .build());

        assertThat(shell.run("vm", "rm", "--force", "a", "b"))
                .isEqualTo(new Shell.Ran(0, "a removed\nb removed\n", ""));
        assertThat(shell.run("vm", "rm", "a", "-o", "json").out())
                .isEqualTo("{\"success\":false}\n");
    }

    @Test
    void aRefusalIsSaidWithItsFieldsAndWhatToDoNext() {
        host.refuse(
                "PauseVm",
                400,
                """
                {"code":"failed_precondition","message":"VM a is Created\\u001b[2J",
                 "details":[{"type":"google.rpc.BadRequest",
                             "value":"CgwKBXZtX2lkEgNiYWQ"}]}\
                """);

        var words =
                """
                vmcp: failed precondition: VM a is Created?[2J
                  vm_id: bad
                next: see the VM's state: vmcp vm info %s
                """;

        assertThat(shell.run("vm", "pause", "a", "b"))
                .isEqualTo(new Shell.Ran(4, "", words.formatted("a") + words.formatted("b")));
    }

    @Test
    void whatTheFieldsSayIsNotSaidTwice() {
        host.refuse(
                "PauseVm",
                400,
                """
                {"code":"invalid_argument","message":"bad",
                 "details":[{"type":"google.rpc.BadRequest",
                             "value":"CgwKBXZtX2lkEgNiYWQ"}]}\
                """);

        assertThat(shell.run("vm", "pause", "a").err())
                .startsWith("vmcp: invalid argument:\n  vm_id: bad\nnext: ");
    }

    private static CreateVmRequest request(String json) {
        var request = CreateVmRequest.newBuilder();
        try {
            JsonText.merge(json, request);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        return request.build();
    }

    @Test
    void aDryRunCreatesNothingAndSaysWhyOfEachBackend() {
        host.onHost(
                "ExplainBackend",
                bytes -> {
                    var request = ExplainBackendRequest.parseFrom(bytes);
                    var answer =
                            ExplainBackendResponse.newBuilder()
                                    .setReason(request.getConfig().getBoot().getKernelPath())
                                    .addVerdicts(
                                            BackendVerdict.newBuilder()
                                                    .setBackend("firecracker")
                                                    .setReason("not on PATH"));
                    return request.getBackend().isEmpty()
                            ? answer.setBackend("qemu").build()
                            : answer.build();
                });

        var run = shell.run("vm", "create", "--dry-run", "--kernel", "/k/vmlinux");

        assertThat(run.out())
                .contains("qemu: /k/vmlinux")
                .containsPattern("firecracker +no +not on PATH");
        assertThat(run.code()).isZero();
        assertThat(shell.run("vm", "create", "--dry-run", "--backend", "mvisor").code())
                .isEqualTo(ExitCode.UNSUPPORTED.number());
        assertThat(created.get()).isNull();
    }
}
