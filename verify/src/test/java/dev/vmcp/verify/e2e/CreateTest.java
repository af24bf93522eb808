package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.api.vmm.v1.VmInfo;
import dev.vmcp.verify.e2e.Http.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a create promises: once is enough, twice is no harm.
final class CreateTest {

    @TempDir static Path directory;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.in(directory, setup -> setup.with("VMCP_MVISOR", "/nowhere/mvisor"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void empty() {
        rig.deleteAll();
    }

    @Test
    void theSameCreateAgainAnswersWithTheStateOfNow() {
        var config = rig.config().build();
        assertThat(state(create("vm-0", config, ""))).isEqualTo("VM_STATE_CREATED");
        assertThat(state(create("vm-0", config, ""))).isEqualTo("VM_STATE_CREATED");
        var _ = rig.client().bootVm(BootVmRequest.newBuilder().setVmId("vm-0").build());
        assertThat(state(create("vm-0", config, ""))).isEqualTo("VM_STATE_RUNNING");
    }

    @Test
    void theSameCreateAgainIsJudgedByWhatWasAskedNotByWhatBecameOfItsFiles() throws IOException {
        var kernel = rig.directory().resolve("short-lived");
        Files.copy(Path.of(rig.kernel()), kernel);
        var config = rig.config();
        config.getBootBuilder().setKernelPath(kernel.toString());
        assertThat(create("vm-0", config.build(), "").status()).isEqualTo(200);
        Files.delete(kernel);

        assertThat(state(create("vm-0", config.build(), ""))).isEqualTo("VM_STATE_CREATED");
    }

    @Test
    void anotherConfigurationUnderTheSameIdIsRefused() {
        assertThat(create("vm-0", rig.config().build(), "").status()).isEqualTo(200);
        var other = create("vm-0", rig.config("quiet").build(), "");

        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("already_exists");
        assertThat(other.body()).contains("vm-0");
    }

    @Test
    void aVmWithoutAnIdGetsOneOfItsOwn() {
        var config = rig.config().build();
        var first = create("", config, "").json().get("vmId").getAsString();
        var second = create("", config, "").json().get("vmId").getAsString();

        assertThat(first).isNotEmpty().isNotEqualTo(second);
        assertThat(rig.phase(first)).isEqualTo("Created");
    }

    @Test
    void anInfoReturnsExactlyWhatWasSent() throws IOException {
        var disk = Files.write(rig.directory().resolve("disk,a=b.img"), new byte[1 << 20]);
        var config = rig.config("console=ttyS0  two  blanks \u00e4\u00f6 ");
        config.getCpuBuilder().setVcpuCount(2).setMaxVcpuCount(4);
        config.getCpuBuilder()
                .getTopologyBuilder()
                .setSockets(1)
                .setCoresPerSocket(2)
                .setThreadsPerCore(2);
        config.getMemoryBuilder().setSizeBytes(64 << 20);
        config.addStorageBuilder()
                .setId("root")
                .setPath(disk.toString())
                .setReadOnly(true)
                .setIsRootDevice(true)
                .setInterfaceType("virtio-blk");
        config.getConsoleBuilder().setEnabled(true).setConsoleType("serial");
        config.putMetadata("owner", "\u79c1").putMetadata("empty", "");
        var sent = config.build();

        var created = create("vm-0", sent, "");
        assertThat(created.status()).as(created.body()).isEqualTo(200);
        assertThat(rig.info("vm-0").getConfig()).isEqualTo(sent);
        rig.restart();
        assertThat(rig.info("vm-0").getConfig()).as("after a restart").isEqualTo(sent);
    }

    @Test
    void theBackendThatACreateNamesIsTaken() {
        assertThat(create("vm-0", rig.config().build(), "qemu").status()).isEqualTo(200);
        assertThat(rig.info("vm-0").getBackendInfoMap())
                .containsEntry("backend", "qemu")
                .containsEntry("reason", "asked for by the request");

        var absent = create("vm-1", rig.config().build(), "mvisor");
        assertThat(absent.code()).isEqualTo("unavailable");
        assertThat(absent.status()).isEqualTo(503);
        var unknown = create("vm-1", rig.config().build(), "vmware");
        assertThat(unknown.code()).isEqualTo("invalid_argument");
        assertThat(unknown.body()).contains("backend: vmware", "qemu");
    }

    @Test
    void aHundredCallersThatCreateTheSameVmMakeOne() throws Exception {
        var config = rig.config().build();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> create = () -> create("vm-0", config, "").status();
            var answers = callers.invokeAll(IntStream.range(0, 100).mapToObj(_ -> create).toList());
            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo(200);
            }
        }
        assertThat(rig.client().listVms(ListVmsRequest.getDefaultInstance()).getVmsList())
                .extracting(VmInfo::getVmId)
                .containsExactly("vm-0");
    }

    private static Reply create(String vm, VmConfig config, String backend) {
        var request =
                CreateVmRequest.newBuilder().setVmId(vm).setConfig(config).setBackend(backend);
        try {
            var json = JsonFormat.printer().preservingProtoFieldNames().print(request);
            return Http.call(rig.host(), "vmm.v1.VmService/CreateVm", json);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String state(Reply reply) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json().get("state").getAsString();
    }
}
