package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.RestClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The calls of `/api/v1` that we make. Each throws [DriverException] as [RestClient] says, with
/// the VMM's words but without paths of ours.
final class ChApi implements AutoCloseable {

    static final String SOCKET = "api.sock";

    private static final String ROOT = "/api/v1/";
    private static final int NOTHING_THERE = 404;

    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");

    private final RestClient rest;
    private final String directory;

    /// Of a VMM that somebody else started.
    ChApi(RestClient rest) {
        this.rest = rest;
        this.directory = "";
    }

    ChApi(Launch launch, OsProcess process) {
        this.rest =
                new RestClient(
                        Path.of("/proc/" + process.id().pid() + "/cwd/" + SOCKET), process::exit);
        this.directory = launch.directory().toString();
    }

    String version(Deadline deadline) {
        var ping = said(() -> rest.get(ROOT + "vmm.ping", deadline));
        var build = String.valueOf(ping.get("build_version"));
        var version = VERSION.matcher(build);
        return version.find() ? version.group() : build;
    }

    /// Empty where the VMM has no VM.
    Optional<ChInfo> find(Deadline deadline) {
        var answer = rest.send("GET", ROOT + "vm.info", "", deadline);
        if (answer.status() == NOTHING_THERE) {
            return Optional.empty();
        }
        if (!answer.accepted()) {
            throw new DriverException(Kind.REFUSED, answer.fault());
        }
        try {
            return Optional.of(new ChInfo(answer.object()));
        } catch (IOException e) {
            throw new DriverException(
                    Kind.GONE, "the VMM answered vm.info malformed: " + e.getMessage(), e);
        }
    }

    void awaitListener(Deadline deadline) {
        rest.awaitListener(deadline);
    }

    void hangUp() {
        rest.hangUp();
    }

    ChInfo info(Deadline deadline) {
        return new ChInfo(said(() -> rest.get(ROOT + "vm.info", deadline)));
    }

    GuestState state(Deadline deadline) {
        return info(deadline).state();
    }

    /// What the guest's disks and network devices have moved since it booted.
    ChCounters counters(Deadline deadline) {
        return ChCounters.of(said(() -> rest.get(ROOT + "vm.counters", deadline)));
    }

    void put(String action, Deadline deadline) {
        var _ = said(() -> rest.put(ROOT + action, deadline));
    }

    void put(String action, Map<String, ?> body, Deadline deadline) {
        var _ = said(() -> rest.put(ROOT + action, body, deadline));
    }

    /// Hands over descriptors with the request.
    void put(String action, Map<String, ?> body, List<Integer> descriptors, Deadline deadline) {
        var _ = said(() -> rest.put(ROOT + action, body, descriptors, deadline));
    }

    @Override
    public void close() {
        rest.close();
    }

    private interface Call {
        Map<String, Object> run();
    }

    private Map<String, Object> said(Call call) {
        try {
            return call.run();
        } catch (DriverException e) {
            if (e.kind() != Kind.REFUSED) {
                throw e;
            }
            var words = String.valueOf(e.getMessage());
            throw new DriverException(
                    Kind.REFUSED,
                    directory.isEmpty() ? words : words.replace(directory, "<launch>"),
                    e);
        }
    }
}
