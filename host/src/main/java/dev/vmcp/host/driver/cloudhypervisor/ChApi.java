package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.RestClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The calls of `/api/v1` that we make. Each throws [DriverException] as [RestClient] says, with
/// the VMM's words but without paths of ours.
final class ChApi implements AutoCloseable {

    static final String SOCKET = "api.sock";

    private static final String ROOT = "/api/v1/";

    private final RestClient rest;
    private final String directory;

    ChApi(Launch launch, OsProcess process) {
        this.rest =
                new RestClient(
                        Path.of("/proc/" + process.id().pid() + "/cwd/" + SOCKET), process::exit);
        this.directory = launch.directory().toString();
    }

    void awaitListener(Deadline deadline) {
        rest.awaitListener(deadline);
    }

    ChInfo info(Deadline deadline) {
        return new ChInfo(said(() -> rest.get(ROOT + "vm.info", deadline)));
    }

    GuestState state(Deadline deadline) {
        return info(deadline).state();
    }

    Map<String, Object> counters(Deadline deadline) {
        return said(() -> rest.get(ROOT + "vm.counters", deadline));
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
            var words = String.valueOf(e.getMessage()).replace(directory, "<launch>");
            throw new DriverException(Kind.REFUSED, words, e);
        }
    }
}
