package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.AttachNicRequest;
import dev.vmcp.api.host.v1.CreateTokenRequest;
import dev.vmcp.api.host.v1.CreateTokenResponse;
import dev.vmcp.api.host.v1.ResizeVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmResponse;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import org.junit.jupiter.api.Test;

class SubjectsTest {

    private static String of(Message.Builder message) {
        return Subjects.of(message.build()).toString();
    }

    @Test
    void aChangeIsSaidByWhatItConcernsAndHowMuch() {
        assertThat(of(DeleteVmRequest.newBuilder().setVmId("a").setForce(true)))
                .isEqualTo("{vm_id=a, force=true}");
        assertThat(of(CreateVmRequest.newBuilder().setBackend("qemu"))).isEqualTo("{backend=qemu}");
        assertThat(of(ResizeVmRequest.newBuilder().setVmId("a").setMemorySizeBytes(9)))
                .isEqualTo("{vm_id=a, memory_size_bytes=9}");
        var disk = AttachDiskRequest.newBuilder().setVmId("a");
        disk.getDiskBuilder().setId("d").setPath("/x");
        assertThat(of(disk)).isEqualTo("{vm_id=a, disk.id=d, disk.path=/x}");
        var nic = AttachNicRequest.newBuilder().setVmId("a");
        nic.getNicBuilder().setId("n").setTapDevice("tap0");
        assertThat(of(nic)).isEqualTo("{vm_id=a, nic.id=n, nic.tap_device=tap0}");
        var saved = SnapshotVmResponse.newBuilder();
        saved.getSnapshotBuilder().setSnapshotId("s");
        assertThat(of(saved)).isEqualTo("{snapshot_id=s}");
    }

    @Test
    void whatIsSecretIsNotSaid() {
        assertThat(of(CreateTokenRequest.newBuilder().setName("ci").setScope("admin")))
                .isEqualTo("{name=ci, scope=admin}");
        var made = CreateTokenResponse.newBuilder().setText("vmcp_secret");
        made.getTokenBuilder().setTokenId("0123");
        assertThat(of(made)).isEqualTo("{token_id=0123}");
        var typed = WriteConsoleRequest.newBuilder().setVmId("a");
        assertThat(of(typed.setData(ByteString.copyFromUtf8("password")))).isEqualTo("{vm_id=a}");
    }

    @Test
    void whatIsTooLongIsCut() {
        assertThat(of(DeleteVmRequest.newBuilder().setVmId("x".repeat(100_000))))
                .hasSizeLessThan(300);
    }
}
