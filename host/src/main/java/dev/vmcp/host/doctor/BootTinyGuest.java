package dev.vmcp.host.doctor;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.platform.files.FileTrees;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Boots a guest of a few hundred bytes on a hypervisor, reads what it prints, and ends it.
///
/// @param options boot options, such as the accelerator
/// @param how what they mean, for people: `with kvm`; may be empty
public record BootTinyGuest(Driver driver, Map<String, String> options, String how)
        implements Look {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration BETWEEN_READS = Duration.ofMillis(2);
    private static final long MEMORY = 32L << 20;

    @Override
    public List<Finding> findings() {
        return switch (driver.probe()) {
            case Probe.Missing _ -> List.of();
            case Probe.Installed _ -> List.of(boot());
        };
    }

    private Finding boot() {
        var subject = driver.name() + " guest";
        var words = how.isEmpty() ? "" : " " + how;
        try {
            var directory = Files.createTempDirectory("vmcp-doctor").toRealPath();
            try {
                var took = bootIn(directory);
                return Finding.good(
                        subject, "a tiny guest boots in " + took.toMillis() + " ms" + words);
            } finally {
                FileTrees.remove(directory);
            }
        } catch (IOException | DriverException | ProcessException e) {
            return Finding.broken(
                    subject,
                    "a tiny guest does not boot" + words + ": " + e.getMessage(),
                    "try it by hand with the hypervisor's own tools");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.limited(subject, "interrupted", "");
        }
    }

    private Duration bootIn(Path directory) throws IOException, InterruptedException {
        var kernel = directory.resolve("tiny.elf");
        TinyGuest.writeTo(kernel);
        var id = new LaunchId("l-" + "0".repeat(24));
        var launches = Files.createDirectory(directory.resolve("launches"));
        var own = Files.createDirectory(launches.resolve(id.value()));
        var launch = new Launch(id, new VmId("vmcp-doctor"), own, 0);
        var started = System.nanoTime();
        var deadline = Deadline.in(PATIENCE);
        var prepared = driver.prepare(spec(kernel), launch);
        var output = Fifos.open(launch.serialOut());
        try (var live = prepared.boot(new Unmoved(), deadline)) {
            try {
                awaitBanner(output, deadline);
                return Duration.ofNanos(System.nanoTime() - started);
            } finally {
                live.process().kill();
                live.process().await(Deadline.in(PATIENCE));
            }
        } finally {
            Descriptors.close(output);
        }
    }

    private static void awaitBanner(int output, Deadline deadline)
            throws IOException, InterruptedException {
        var seen = new StringBuilder();
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(4_096);
            while (seen.indexOf(TinyGuest.BANNER) < 0) {
                if (deadline.passed()) {
                    throw new IOException(
                            "it printed nothing within " + PATIENCE.toSeconds() + " s");
                }
                var count = Descriptors.read(output, buffer);
                if (count > 0) {
                    var bytes = buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
                    seen.append(new String(bytes, StandardCharsets.ISO_8859_1));
                } else {
                    Thread.sleep(BETWEEN_READS);
                }
            }
        }
    }

    private VmSpec spec(Path kernel) {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(MEMORY, false, 0, Map.of()),
                new VmSpec.Boot(kernel.toString(), "", "", options),
                List.of(),
                List.of(),
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    /// The guest does nothing but print, and ends by force.
    private static final class Unmoved implements Reaction {
        @Override
        public void guestPoweredOff() {}

        @Override
        public void guestRestarted() {}

        @Override
        public void guestCrashed(String how) {}

        @Override
        public void serialAt(SerialPort port) {}

        @Override
        public void connectionLost(String why) {}
    }
}
