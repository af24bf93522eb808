package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.vmcp.verify.harness.HostProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does with the records of a host that runs: save them, put them back, and ask
/// whether another release could take them over.
final class RestoreTest {

    @TempDir Path temp;

    @Test
    void aRestoredHostTakesUpTheGuestsThatStillRun() throws IOException {
        var file = temp.toRealPath().resolve("backup.zip");
        try (var rig = Rig.in(temp)) {
            var nonce = rig.run("one");
            var pid = rig.pid("one");
            assertThat(tool(rig, "TakeBackup", file.toString()).good()).contains("saved 1 VMs");
            assertThat(tool(rig, "TakeBackup", file.toString()).status()).isEqualTo(1);
            rig.create("later");

            var live = tool(rig, "RestoreBackup", file.toString(), "--force");
            assertThat(live.status()).isEqualTo(1);
            assertThat(live.output()).contains("is in use by process " + rig.host().pid());
            assertThat(rig.phase("later")).isEqualTo("Created");

            rig.host().kill();
            for (var part : List.of("journal.db", "journal.db-wal", "journal.db-shm")) {
                Files.deleteIfExists(rig.data().resolve(part));
            }
            assertThat(tool(rig, "RestoreBackup", file.toString()).good())
                    .contains("restored 1 VMs");
            rig.restart();

            rig.awaitPhase("one", "Running");
            assertThat(rig.pid("one")).isEqualTo(pid);
            assertThat(rig.console("one").nonceAfter(0)).contains(nonce);
            assertThat(
                            Http.call(
                                            rig.host(),
                                            "vmm.v1.VmService/GetVmInfo",
                                            "{\"vm_id\":\"later\"}")
                                    .code())
                    .isEqualTo("not_found");
        }
    }

    @Test
    void anotherReleaseIsAskedWhetherItCouldTakeOver() throws IOException {
        try (var rig = Rig.in(temp)) {
            rig.run("one");
            rig.create("two");

            var asked = tool(rig, "UpgradeCheck", "-o", "json");

            assertThat(asked.status()).as(asked.output()).isZero();
            var findings = JsonParser.parseString(asked.output()).getAsJsonObject();
            assertThat(findings.get("healthy").getAsBoolean()).isTrue();
            assertThat(findings.toString()).contains("2 VMs", "qemu guests", "1 run");
            assertThat(rig.phase("one")).isEqualTo("Running");
        }
    }

    /// Runs a command of the host's own, with the settings of the rig's.
    private static Command.Result tool(Rig rig, String main, String... words) {
        var setup = HostProcess.Setup.in(rig.data());
        var builder = HostProcess.builder(setup, HostProcess.As.USUAL);
        var command = new ArrayList<String>();
        for (var word : builder.command()) {
            if (word.equals("dev.vmcp.host.Main")) {
                break;
            }
            command.add(word);
        }
        command.add("dev.vmcp.host." + main);
        command.addAll(List.of(words));
        command.add("--data-dir=" + rig.data());
        return Command.run(rig.directory(), java.util.Map.of("VMCP_QEMU_ACCEL", "kvm"), command);
    }
}
