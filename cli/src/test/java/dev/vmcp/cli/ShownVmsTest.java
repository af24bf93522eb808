package dev.vmcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.vmcp.api.host.v1.BackendCapabilities;
import dev.vmcp.api.host.v1.Capability;
import dev.vmcp.api.host.v1.GetCapabilitiesResponse;
import dev.vmcp.api.host.v1.VmView;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.api.host.v1.WatchVmsResponse.Kind;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.ListVmsResponse;
import dev.vmcp.api.vmm.v1.VmInfo;
import dev.vmcp.api.vmm.v1.VmState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ShownVmsTest {
    private AnsweringHost host;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        host = new AnsweringHost();
        shell = Shell.at(host.url());
        host.onVm("ListVms", ShownVmsTest::page);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    /// Two pages of one VM each.
    private static ListVmsResponse page(byte[] bytes) throws IOException {
        var request = ListVmsRequest.parseFrom(bytes);
        var first = request.getPageToken().isEmpty();
        var vm =
                VmInfo.newBuilder()
                        .setVmId(first ? "web-1" : "database-2")
                        .setState(first ? VmState.VM_STATE_RUNNING : VmState.VM_STATE_SHUTDOWN)
                        .setVcpuCount(first ? 2 : 16)
                        .setMemorySizeBytes(first ? 512L << 20 : 1_610_612_736L)
                        .setCreatedTimestamp(
                                Instant.now().minusSeconds(first ? 7_200 : 300).getEpochSecond());
        if (first) {
            vm.putMetadata("team", "a\tb").putMetadata("env", "prod");
        }
        return ListVmsResponse.newBuilder()
                .addVms(vm)
                .setTotalCount(2)
                .setNextPageToken(first ? "page-2" : "")
                .build();
    }

    @Test
    void listsAreAlignedTablesOfAllPages() {
        assertThat(shell.run("vm", "ls"))
                .isEqualTo(
                        new Shell.Ran(
                                0,
                                """
                                ID          STATE     CPUS  MEMORY   AGE  METADATA
                                web-1       running   2     512 MiB  2h   env=prod,team=a?b
                                database-2  shutdown  16    1.5 GiB  5m
                                """,
                                ""));
    }

    @Test
    void colourIsForTerminalsOnly() {
        assertThat(shell.onTerminal().run("vm", "ls").out()).contains("\033[32mrunning\033[0m");
        assertThat(shell.run("vm", "ls").out()).doesNotContain("\033");
    }

    @Test
    void programsGetJsonOrNames() {
        var json = ListVmsResponse.newBuilder();
        var ran = shell.run("vm", "ls", "-o", "json");

        merge(ran.out(), json);
        assertThat(json.getVmsList())
                .extracting(VmInfo::getVmId)
                .containsExactly("web-1", "database-2");
        assertThat(ran.out()).contains("\"totalCount\": 2").contains("\"nextPageToken\": \"\"");
        assertThat(shell.run("vm", "ls", "--output=name").out()).isEqualTo("web-1\ndatabase-2\n");
    }

    @Test
    void anEmptyListSaysHowToFillIt() throws IOException {
        try (var empty = new AnsweringHost()) {
            empty.onVm("ListVms", bytes -> ListVmsResponse.getDefaultInstance());

            assertThat(Shell.at(empty.url()).run("vm", "ls"))
                    .isEqualTo(
                            new Shell.Ran(
                                    0, "", "no VMs; create one with: vmcp vm create --help\n"));
        }
    }

    @Test
    void statesFilterAndAnUnknownOneIsRefused() throws IOException {
        try (var asked = new AnsweringHost()) {
            asked.onVm(
                    "ListVms",
                    bytes -> {
                        assertThat(ListVmsRequest.parseFrom(bytes).getStateFilterList())
                                .containsExactly(
                                        VmState.VM_STATE_RUNNING,
                                        VmState.VM_STATE_PAUSED,
                                        VmState.VM_STATE_SHUTDOWN);
                        return page(bytes);
                    });
            var at = Shell.at(asked.url());

            assertThat(at.run("vm", "ls", "--state", "running,paused", "--state=stopped").code())
                    .isZero();
            assertThat(at.run("vm", "ls", "--state", "asleep").err())
                    .isEqualTo(
                            """
                            vmcp: --state: 'asleep' is no state (expected: created, running, paused, shutdown)
                            next: vmcp vm ls --help
                            """);
        }
    }

    @Test
    void oneVmIsShownWithWhatWasAskedAndSeen() {
        host.onVm("GetVmInfo", bytes -> info());

        assertThat(shell.run("vm", "info", "web-1").out())
                .isEqualTo(
                        """
                        id          web-1
                        state       running, phase Running, observed at 2026-01-01T00:00:00Z
                        cpus        2 (at most 4)
                        memory      2 GiB
                        kernel      /k/vmlinux
                        disk        /d/a.img,ro,root,format=raw
                        net         tap=vmtap0,id=eth0
                        metadata    team=a
                        use         12.5 % cpu, 1 GiB memory, up 1h1m
                        traffic     1 KiB in, 2 KiB out
                        transfer    0 B read, 3 B written
                        backend     qemu
                        pid         7
                        """);
    }

    private static GetVmInfoResponse info() {
        var info = GetVmInfoResponse.newBuilder();
        merge(
                """
                {"vmId": "web-1", "state": "VM_STATE_RUNNING", "config": {
                  "cpu": {"vcpuCount": 2, "maxVcpuCount": 4}, "memory": {"sizeBytes": 2147483648},
                  "boot": {"kernelPath": "/k/vmlinux"}, "metadata": {"team": "a"},
                  "storage": [{"path": "/d/a.img", "readOnly": true, "isRootDevice": true,
                               "options": {"format": "raw"}}],
                  "network": [{"id": "eth0", "tapDevice": "vmtap0"}]},
                 "metrics": {"cpuUsagePercent": 12.5, "memoryUsageBytes": 1073741824,
                  "uptimeSeconds": 3660,
                  "networkStats": {"bytesReceived": 1024, "bytesTransmitted": 2048},
                  "storageStats": {"bytesWritten": 3}},
                 "backendInfo": {"pid": "7", "backend": "qemu", "phase": "Running", "observed_at": "2026-01-01T00:00:00Z"}}\
                """,
                info);
        return info.build();
    }

    @Test
    void watchPrintsStateAndChanges() {
        host.stream(
                "WatchVms",
                List.of(
                        event(Kind.KIND_RESET, ""),
                        event(Kind.KIND_CHANGED, "Running"),
                        event(Kind.KIND_SYNCED, ""),
                        event(Kind.KIND_HEARTBEAT, ""),
                        event(Kind.KIND_DELETED, "Stopped")));

        var lines = shell.run("vm", "watch").out().lines().toList();

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .endsWith("  web-1                   Running   qemu pid 7  because");
        assertThat(lines.get(1))
                .endsWith("  web-1                   Deleted   qemu pid 7  because");
        assertThat(shell.run("vm", "watch", "--once").out().lines()).hasSize(1);
        assertThat(shell.run("vm", "watch", "-o", "json").out().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"kind\":\"KIND_"));
    }

    private static WatchVmsResponse event(Kind kind, String phase) {
        return WatchVmsResponse.newBuilder()
                .setKind(kind)
                .setCursor("c")
                .setVm(
                        VmView.newBuilder()
                                .setVmId("web-1")
                                .setPhase(phase)
                                .setBackend("qemu")
                                .setReason("because")
                                .setPid(7))
                .build();
    }

    @Test
    void capabilitiesAreAMatrixWithTheProblems() {
        host.onHost(
                "GetCapabilities",
                bytes ->
                        GetCapabilitiesResponse.newBuilder()
                                .addBackends(backend("qemu", true, "supported"))
                                .addBackends(
                                        backend("mvisor", false, "unproven")
                                                .setProblem("not found"))
                                .setDefaultBackend("qemu")
                                .setDefaultReason("the only one")
                                .build());

        assertThat(shell.run("capabilities").out())
                .isEqualTo(
                        """
                        BACKEND  AVAILABLE  VERSION  ACCELERATOR  PATH
                        qemu     yes        1.0      tcg          /usr/bin/qemu
                        mvisor   no         1.0      tcg          /usr/bin/mvisor
                        mvisor: not found

                        CAPABILITY  QEMU       MVISOR
                        pause       supported  unproven

                        default: qemu (the only one)
                        """);
    }

    private static BackendCapabilities.Builder backend(String name, boolean there, String status) {
        return BackendCapabilities.newBuilder()
                .setBackend(name)
                .setAvailable(there)
                .setVersion("1.0")
                .setAccelerator("tcg")
                .setPath("/usr/bin/" + name)
                .addCapabilities(Capability.newBuilder().setName("pause").setStatus(status));
    }

    private static void merge(String json, Message.Builder into) {
        try {
            JsonText.merge(json, into);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
