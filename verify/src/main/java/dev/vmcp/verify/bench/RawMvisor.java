package dev.vmcp.verify.bench;

import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// MVisor with the arguments, environment and machine file that a host gives it, and in a network
/// of its own as well, for its VNC server listens on every address.
///
/// @param command `@` stands for the launch's directory
record RawMvisor(List<String> command, Map<String, String> environment, String machine)
        implements RawKind {

    private static final String FILE = "vm.yaml";

    static RawMvisor like(BenchHost host) throws IOException {
        var model = Model.of(host, FILE);
        var command = new ArrayList<>(List.of(Programs.path("unshare"), "--net", "--"));
        // Every seventh would die of a signal that comes too early.
        command.addAll(List.of(Programs.path("env"), "--ignore-signal=RTMIN"));
        model.command().forEach(word -> command.add(word.replace(model.launch().toString(), "@")));
        var environment = new HashMap<String, String>();
        for (var variable : model.environment()) {
            var parts = variable.split("=", 2);
            environment.put(parts[0], parts[1]);
        }
        var machine = model.machine().replace("/proc/self/fd/3", host.disk().toString());
        return new RawMvisor(command, environment, machine);
    }

    @Override
    public Spawn lay(Path place) throws IOException {
        Files.writeString(place.resolve(FILE), machine);
        return new Spawn(
                command.stream().map(word -> word.replace("@", place.toString())).toList(),
                environment,
                place,
                place.resolve("log"),
                List.of(),
                Optional.of(new SerialPort.OutputPipe(place.resolve(OUT))));
    }
}
