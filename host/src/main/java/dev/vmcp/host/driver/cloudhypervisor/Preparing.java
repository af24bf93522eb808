package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.Kvm;
import dev.vmcp.host.vmm.Privileges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lays out a launch's directory and says what is to be started in it.
record Preparing(
        Path program, Launch launch, Map<String, String> environment, ChPrepared.Room room) {

    Prepared boot(VmSpec spec) {
        try {
            lay();
            var placed = Placed.of(spec, launch, room.files());
            var config = VmConfig.of(spec, launch.vm(), placed, landlock());
            return prepared(
                    spec,
                    (api, deadline) -> {
                        api.put("vm.create", config, deadline);
                        spec.nics().forEach(nic -> ChPlugs.addNic(api, nic, room.taps(), deadline));
                        api.put("vm.boot", deadline);
                    });
        } catch (IOException | ProcessException e) {
            throw HostFault.of(e);
        }
    }

    Prepared restore(VmSpec spec, Path snapshot) {
        try {
            lay();
            var placed = Placed.of(spec, launch, room.files());
            var saved = SavedGuest.lay(launch, snapshot);
            saved.adapt(spec, placed, landlock());
            return prepared(
                    spec, (api, deadline) -> saved.resume(api, spec, room.taps(), deadline));
        } catch (IOException | ProcessException e) {
            throw HostFault.of(e);
        }
    }

    private Prepared prepared(VmSpec spec, ChPrepared.Beginning first) throws IOException {
        var command =
                List.of(
                        program.toString(),
                        "--api-socket",
                        ChApi.SOCKET,
                        "--event-monitor",
                        "path=" + EventPipe.NAME,
                        "--no-shutdown",
                        "--seccomp",
                        "true",
                        "--log-file",
                        launch.log().toString());
        var group = launch.uid() == 0 ? Optional.<Integer>empty() : Kvm.deviceGroup();
        var chain = Privileges.chain(launch.uid(), group, environment, command);
        return new ChPrepared(spec, launch, chain, first, room);
    }

    private void lay() throws IOException {
        var directory = launch.directory();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        ChConsole.lay(launch);
        EventPipe.lay(launch);
        Files.createFile(launch.log());
        if (launch.uid() != 0) {
            Fifos.changeOwner(launch.log(), launch.uid(), launch.uid());
            Fifos.changeOwner(directory, launch.uid(), launch.uid());
        }
    }

    /// What is configured it may open anyway; all else lies in the launch's directory.
    private List<Map<String, Object>> landlock() {
        return ChCapabilities.confined()
                ? List.of(VmConfig.rule(launch.directory().toString(), "rw"))
                : List.of();
    }
}
