package dev.vmcp.host.driver.mvisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.vmm.Kvm;
import dev.vmcp.host.vmm.Privileges;
import dev.vmcp.host.vmm.SearchPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The programs that turn one into the next until MVisor runs, all in one process.
///
/// `unshare` comes first: MVisor's VNC server listens on every address, so it gets a network of its
/// own, which ends with it. `stdbuf` comes last: MVisor buffers what the guest prints, which would
/// show in pieces of 4 KiB. `env` before it has a signal ignored that MVisor wakes its threads
/// with: every seventh MVisor dies of it, because it comes before the thread that handles it is
/// ready.
record CommandChain(Map<String, String> environment) {

    /// In a network of its own any port is free.
    private static final String VNC_PORT = "5901";

    private static final String MACHINE_FILE = "vm.yaml";

    static Path machineFile(Launch launch) {
        return launch.directory().resolve(MACHINE_FILE);
    }

    /// @throws IOException when a program of the chain is missing on this host
    List<String> of(Path mvisor, Launch launch) throws IOException {
        var machine =
                List.of(
                        program("env", "coreutils"),
                        "--ignore-signal=RTMIN",
                        program("stdbuf", "coreutils"),
                        "-o0",
                        mvisor.toString(),
                        "-c",
                        machineFile(launch).toString(),
                        // Without exactly this spelling every VM has the same identity.
                        "-uuid",
                        UUID.nameUUIDFromBytes(launch.vm().value().getBytes(UTF_8)).toString(),
                        "-vnc",
                        VNC_PORT,
                        "-pidfile",
                        launch.directory().resolve("pid").toString());
        var group = launch.uid() == 0 ? Optional.<Integer>empty() : Kvm.deviceGroup();
        var chain = new ArrayList<>(List.of(program("unshare", "util-linux"), "--net", "--"));
        chain.addAll(Privileges.chain(launch.uid(), group, environment, machine));
        return chain;
    }

    /// What of the chain this host lacks; empty when all is there.
    Optional<String> missing() {
        try {
            for (var name : List.of("env", "stdbuf")) {
                program(name, "coreutils");
            }
            program("unshare", "util-linux");
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private String program(String name, String origin) throws IOException {
        return SearchPath.find(name, environment)
                .orElseThrow(() ->
                        new IOException(name + " is not on PATH (cure: install " + origin + ")"))
                .toString();
    }
}
