package dev.vmcp.verify.soak;

import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.verify.harness.Growth;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.Options;
import dev.vmcp.verify.harness.TinyHost;
import dev.vmcp.verify.harness.Vitals;
import dev.vmcp.verify.harness.VmmProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `./run soak --minutes N [--rate R]`: so many lives of guests a minute, as many as a day has
/// where the rate is right, and a host that holds at the end what it held at the beginning.
public final class SoakRun {

    private static final int UNDER_WAY = 4;
    private static final int WINDOWS = 30;

    /// Where every trace is sent to: of what waits for a receiver that is down, nothing may stay.
    private static final String NOBODY = "127.0.0.1:9";

    private SoakRun() {}

    /// Exits with 1 when something grew or failed.
    public static void main(String[] words) throws Exception {
        Options.main(
                List.of(words),
                options -> {
                    int minutes = options.count("minutes", 60);
                    int rate = options.count("rate", 60);
                    options.requireNoOther();
                    var faults = run(Duration.ofMinutes(minutes), rate);
                    faults.forEach(System.out::println);
                    return faults.isEmpty() ? 0 : 1;
                });
    }

    /// Runs for so long in a directory of its own, which is gone afterwards unless something was
    /// wrong.
    ///
    /// @param rate lives a minute at most
    public static List<String> run(Duration time, int rate) throws Exception {
        var directory = Files.createTempDirectory("vmcp-soak").toRealPath();
        TinyGuest.writeTo(directory.resolve("tiny"));
        var setup =
                TinyHost.setup(directory.resolve("data"))
                        .with("VMCP_ALLOWED_PATHS", directory.toString())
                        .with("UNKEY_VMCP_OTEL_ENABLED", "true")
                        .with("UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "0")
                        .with("UNKEY_VMCP_OTEL_SAMPLING_RATE", "1")
                        .with("UNKEY_VMCP_OTEL_ENDPOINT", NOBODY);
        var faults = new ArrayList<String>();
        try (var host = HostProcess.start(setup)) {
            var lives =
                    new Lives(
                            () -> HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, ""),
                            directory.resolve("tiny").toString());
            var seen = lived(lives, host, setup.directory(), time, rate);
            faults.addAll(lives.faults());
            faults.addAll(growth(seen));
            if (!host.alive() || host.terminate() != 0) {
                faults.add("the host did not end well");
            }
        }
        var left = VmmProcesses.of(setup.directory());
        left.keySet()
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        if (!left.isEmpty()) {
            faults.add("VMMs that are left: " + left);
        }
        if (faults.isEmpty()) {
            FileTrees.remove(directory);
        } else {
            faults.addFirst("host log: " + setup.log());
        }
        return faults;
    }

    private static List<Vitals> lived(
            Lives lives, HostProcess host, Path data, Duration time, int rate) throws Exception {
        var seen = new ArrayList<Vitals>();
        var places = new Semaphore(UNDER_WAY);
        long pause = TimeUnit.MINUTES.toNanos(1) / rate;
        long began = System.nanoTime();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int window = 1; window <= WINDOWS && lives.faults().isEmpty(); window++) {
                long end = began + time.toNanos() / WINDOWS * window;
                while (System.nanoTime() - end < 0 && lives.faults().isEmpty()) {
                    places.acquire();
                    var _ =
                            callers.submit(() -> {
                                try {
                                    lives.one();
                                } finally {
                                    places.release();
                                }
                            });
                    LockSupport.parkNanos(pause);
                }
                // All have ended: what is held now is held for nobody.
                places.acquire(UNDER_WAY);
                places.release(UNDER_WAY);
                var now = Vitals.of(host, data);
                seen.add(now);
                System.out.printf(
                        Locale.ROOT,
                        "%d of %d: %d lives; %s%n",
                        window,
                        WINDOWS,
                        lives.ended(),
                        now);
            }
        }
        return seen;
    }

    private static List<String> growth(List<Vitals> seen) {
        return seen.size() < WINDOWS
                ? List.of("it ended after " + seen.size() + " of " + WINDOWS + " windows")
                : new Growth(seen).faults();
    }
}
