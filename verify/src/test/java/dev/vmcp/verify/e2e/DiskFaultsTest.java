package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.api.vmm.v1.VmInfo;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.verify.harness.GuestConsole;
import dev.vmcp.verify.harness.HostProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A data directory that cannot be written: guests run on, answers and health say why, nothing that
/// was acknowledged is lost, and the host goes on by itself.
final class DiskFaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir Path temp;
    private Path directory;
    private HostProcess.Setup setup;

    @BeforeEach
    void layOut() throws Exception {
        directory = temp.toRealPath();
        setup = Rig.setup(directory);
        TinyGuest.writeTo(directory.resolve("tiny"));
    }

    @AfterEach
    void endGuests() {
        Rig.endVmms(setup.directory());
    }

    @Test
    void aFullDiskIsSurvivedAndLeftBehind() {
        try (var disk = OwnDisk.on(setup.directory(), "mount -t tmpfs -o size=40m tmpfs \"$1\"");
                var host = HostProcess.start(setup, disk.host());
                var client = Rig.dial(host)) {
            var nonce = run(client, "one");
            var pid = Rig.pid(client, "one");

            Rig.create(client, "spare", config());
            disk.fill();
            var created = createUntilRefused(client, "disk is full");
            assertDegraded(host, "disk is full");
            assertThat(Rig.pid(client, "one")).isEqualTo(pid);
            refusedToBoot(client, "spare");
            assertThat(phase(client, "one")).isEqualTo("Running");

            disk.makeRoom();
            Await.until("it is healthy by itself", PATIENCE, () -> status(host).equals("healthy"));
            Rig.create(client, "after", config());
            created.addAll(List.of("one", "spare", "after"));

            host.kill();
            try (var next = HostProcess.start(setup, disk.host());
                    var again = Rig.dial(next)) {
                assertThat(names(again)).containsExactlyInAnyOrderElementsOf(created);
                Await.until("it is adopted", PATIENCE, () -> phase(again, "one").equals("Running"));
                assertThat(Rig.pid(again, "one")).isEqualTo(pid);
                assertThat(console(again, "one").nonceAfter(0)).contains(nonce);
                created.forEach(vm -> Rig.delete(again, vm));
            }
        }
    }

    @Test
    void aFileSystemThatBecomesReadOnlyIsSurvived() throws Exception {
        var image = directory.resolve("disk.img");
        var made =
                Command.run(
                        "sh",
                        "-c",
                        "truncate -s 64M \"$1\" && mkfs.ext4 -q -F -O ^has_journal \"$1\"",
                        "sh",
                        image.toString());
        assumeTrue(made.status() == 0, made.output());
        var mount = "mount -o loop,errors=remount-ro '" + image + "' \"$1\"";
        try (var disk = OwnDisk.on(setup.directory(), mount)) {
            List<String> created;
            try (var host = HostProcess.start(setup, disk.host());
                    var client = Rig.dial(host)) {
                var _ = run(client, "one");
                var pid = Rig.pid(client, "one");

                // What the kernel does by itself when the disk fails.
                var _ =
                        disk.run(
                                        "echo 1 > /sys/fs/ext4/$(basename $(findmnt -no SOURCE \"$1\"))/trigger_fs_error")
                                .good();
                created = createUntilRefused(client, "cannot be written");
                created.add("one");
                assertDegraded(host, "journal");
                assertThat(Rig.pid(client, "one")).isEqualTo(pid);
                assertThat(phase(client, "one")).isEqualTo("Running");
                host.kill();
            }

            var refused = Command.run(Path.of("."), setup.environment(), startCommand(disk));
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.output()).contains("Read-only file system");

            Rig.endVmms(setup.directory());
            Await.until(
                    "the VMM has let go of it",
                    PATIENCE,
                    () -> disk.run("umount \"$1\"").status() == 0);
            var _ = disk.run(mount).good();
            try (var next = HostProcess.start(setup, disk.host());
                    var again = Rig.dial(next)) {
                assertThat(names(again)).containsExactlyInAnyOrderElementsOf(created);
                created.forEach(vm -> Rig.delete(again, vm));
            }
        }
    }

    private List<String> startCommand(OwnDisk disk) {
        return HostProcess.builder(setup, disk.host()).command();
    }

    private List<String> createUntilRefused(HostClient client, String why) {
        var created = new ArrayList<String>();
        for (int i = 0; i < 5_000; i++) {
            var name = "vm-" + i;
            try {
                // Long, so that the journal soon needs more of the disk.
                Rig.create(
                        client,
                        name,
                        config().toBuilder().putMetadata("note", "x".repeat(200)).build());
                created.add(name);
            } catch (CallFailed refused) {
                assertThat(refused.code()).isEqualTo(Code.FAILED_PRECONDITION);
                assertThat(refused.message()).contains("the journal cannot be written", why);
                return created;
            }
        }
        throw new AssertionError("the disk is never full");
    }

    private void refusedToBoot(HostClient client, String vm) {
        var refused =
                catchThrowableOfType(
                        CallFailed.class,
                        () -> client.bootVm(BootVmRequest.newBuilder().setVmId(vm).build()));
        assertThat(refused.message()).contains("disk is full");
        assertThat(phase(client, vm)).isEqualTo("Created");
    }

    private static void assertDegraded(HostProcess host, String why) {
        var reply = Http.get(host, "_/health");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.json().get("status").getAsString()).isEqualTo("degraded");
        var journal = reply.json().getAsJsonObject("checks").getAsJsonObject("journal");
        assertThat(journal.get("error").getAsString()).contains(why);
    }

    private static String status(HostProcess host) {
        return Http.get(host, "_/health").json().get("status").getAsString();
    }

    private static String phase(HostClient client, String vm) {
        return client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm).build())
                .getBackendInfoOrThrow("phase");
    }

    private static List<String> names(HostClient client) {
        return client
                .listVms(ListVmsRequest.newBuilder().setPageSize(1_000).build())
                .getVmsList()
                .stream()
                .map(VmInfo::getVmId)
                .toList();
    }

    private VmConfig config() {
        return Rig.config(directory.resolve("tiny").toString(), "vmcp.listen").build();
    }

    /// Boots a VM; returns what its guest calls itself.
    private String run(HostClient client, String vm) {
        Rig.create(client, vm, config());
        var _ = client.bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
        return console(client, vm).nonceAfter(0).orElseThrow();
    }

    private static GuestConsole console(HostClient client, String vm) {
        return new GuestConsole(client, vm, PATIENCE);
    }
}
