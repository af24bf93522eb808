package dev.vmcp.verify.bench;

import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// QEMU with the arguments that a host gives it.
///
/// @param command `@` stands for the launch's directory
record RawQemu(List<String> command) implements RawKind {

    static RawQemu like(BenchHost host) throws IOException {
        var model = Model.of(host, "");
        var launch = model.launch().toString();
        var kernel = host.kernel().toString();
        return new RawQemu(
                model.command().stream()
                        .map(word -> word.replace(launch, "@"))
                        .map(word -> word.equals("/proc/self/fd/3") ? kernel : word)
                        .toList());
    }

    @Override
    public Spawn lay(Path place) {
        var argv = command.stream().map(word -> word.replace("@", place.toString())).toList();
        return new Spawn(argv, Map.of(), place, place.resolve("vmm.log"), List.of());
    }
}
