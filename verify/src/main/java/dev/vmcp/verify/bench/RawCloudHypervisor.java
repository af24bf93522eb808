package dev.vmcp.verify.bench;

import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Cloud Hypervisor with two requests, its serial port on its standard streams.
record RawCloudHypervisor(Path kernel) implements RawKind {

    @SuppressWarnings("InlineFormatString") // a body is better read on its own
    private static final String VM =
            """
            {"payload":{"kernel":"%s"},"cpus":{"boot_vcpus":1,"max_vcpus":1},"memory":{"size":%d},\
            "serial":{"mode":"Tty"},"console":{"mode":"Off"}}\
            """;

    @Override
    public Spawn lay(Path place) {
        return new Spawn(
                List.of(Programs.path("cloud-hypervisor"), "--api-socket", "a"),
                Map.of(),
                place,
                place.resolve("log"),
                List.of(),
                Optional.of(new SerialPort.Pipes(place.resolve(IN), place.resolve(OUT))));
    }

    @Override
    public void begin(Path place) throws IOException {
        try (var api = RawHttp.dial(place.resolve("a"), place.resolve("log"))) {
            api.put("/api/v1/vm.create", VM.formatted(kernel, 16 << 20));
            api.put("/api/v1/vm.boot", "");
        }
    }
}
