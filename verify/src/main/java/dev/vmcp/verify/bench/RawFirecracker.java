package dev.vmcp.verify.bench;

import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Firecracker with three requests, in a jail as well.
record RawFirecracker(Path kernel, boolean jailed) implements RawKind {

    private static final String USER = "61000";

    @Override
    public Spawn lay(Path place) throws IOException {
        if (jailed) {
            Files.createDirectories(root(place));
            Files.copy(kernel, root(place).resolve("kernel"));
        }
        return new Spawn(
                command(place),
                Map.of(),
                place,
                place.resolve("log"),
                List.of(),
                Optional.of(new SerialPort.Pipes(place.resolve(IN), place.resolve(OUT))));
    }

    @Override
    public void begin(Path place) throws IOException {
        var socket = jailed ? root(place).resolve("run/a") : place.resolve("a");
        var path = jailed ? "/kernel" : kernel.toString();
        try (var api = RawApi.dial(socket, place.resolve("log"))) {
            api.put("/machine-config", "{\"vcpu_count\":1,\"mem_size_mib\":16}");
            api.put("/boot-source", "{\"kernel_image_path\":\"" + path + "\"}");
            api.put("/actions", "{\"action_type\":\"InstanceStart\"}");
        }
    }

    private static Path root(Path place) {
        return place.resolve("firecracker").resolve(place.getFileName()).resolve("root");
    }

    private List<String> command(Path place) {
        var id = place.getFileName().toString();
        var firecracker = Programs.path("firecracker");
        if (!jailed) {
            return List.of(firecracker, "--api-sock", "a", "--id", id);
        }
        return List.of(
                Programs.path("jailer"),
                "--id",
                id,
                "--exec-file",
                firecracker,
                "--uid",
                USER,
                "--gid",
                USER,
                "--chroot-base-dir",
                place.toString(),
                "--cgroup-version",
                "1",
                "--",
                "--api-sock",
                "/run/a");
    }
}
