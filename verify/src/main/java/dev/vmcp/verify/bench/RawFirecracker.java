package dev.vmcp.verify.bench;

import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Firecracker that starts its guest by itself, as a file says, in a jail as well.
record RawFirecracker(Path kernel, boolean jailed) implements RawKind {

    private static final int USER = 61000;

    @SuppressWarnings("InlineFormatString") // a file is better read on its own
    private static final String MACHINE =
            """
            {"machine-config":{"vcpu_count":1,"mem_size_mib":16},\
            "boot-source":{"kernel_image_path":"%s"},"drives":[]}\
            """;

    @Override
    public Spawn lay(Path place) throws IOException {
        if (jailed) {
            Files.createDirectories(root(place));
            Files.copy(kernel, root(place).resolve("kernel"));
        }
        Files.writeString(
                (jailed ? root(place) : place).resolve("c"),
                MACHINE.formatted(jailed ? "/kernel" : kernel));
        // Elsewhere than in the output of the guest; in a jail it is not root who writes it.
        var log = Files.createFile((jailed ? root(place) : place).resolve("l"));
        Fifos.changeOwner(log, USER, USER);
        return new Spawn(
                command(place),
                Map.of(),
                place,
                place.resolve("log"),
                List.of(),
                Optional.of(new SerialPort.Pipes(place.resolve(IN), place.resolve(OUT))));
    }

    @Override
    public void awaitGuest(Path place) throws IOException {
        var socket = jailed ? root(place).resolve("run/a") : place.resolve("a");
        try (var api = RawHttp.dial(socket, place.resolve("log"))) {
            api.get("/");
        }
    }

    private static Path root(Path place) {
        return place.resolve("firecracker").resolve(place.getFileName()).resolve("root");
    }

    private List<String> command(Path place) {
        var id = place.getFileName().toString();
        var firecracker = Programs.path("firecracker");
        if (!jailed) {
            return List.of(
                    firecracker,
                    "--api-sock",
                    "a",
                    "--id",
                    id,
                    "--config-file",
                    "c",
                    "--log-path",
                    "l");
        }
        return List.of(
                Programs.path("jailer"),
                "--id",
                id,
                "--exec-file",
                firecracker,
                "--uid",
                Integer.toString(USER),
                "--gid",
                Integer.toString(USER),
                "--chroot-base-dir",
                place.toString(),
                "--cgroup-version",
                "1",
                "--",
                "--api-sock",
                "/run/a",
                "--config-file",
                "/c",
                "--log-path",
                "/l");
    }
}
