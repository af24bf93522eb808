package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.RestClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The calls of Cloud Hypervisor's API that this driver makes.
///
/// Every call throws [DriverException] when the VMM refuses, is gone, or does not answer by the
/// deadline.
record CloudApi(RestClient client) {

    private static final String BASE = "/api/v1/";
    private static final int NOTHING_THERE = 404;
    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");

    /// What `vm.info` says.
    ///
    /// @param config as it was created, and what the VMM added
    record Info(String state, Map<String, Object> config) {

        /// After a power-off with `--no-shutdown`, and before the first boot, it says `Created`.
        GuestState guest() {
            return switch (state) {
                case "Running" -> GuestState.RUNNING;
                case "Paused" -> GuestState.PAUSED;
                default -> GuestState.POWERED_OFF;
            };
        }

        /// Whether virtual CPUs are there, be they halted.
        boolean booted() {
            return guest() != GuestState.POWERED_OFF;
        }

        /// The terminal of the serial port.
        Optional<Path> terminal() {
            var serial = Json.object(config.get("serial"));
            return "Pty".equals(serial.get("mode")) && serial.get("file") instanceof String file
                    ? Optional.of(Path.of(file))
                    : Optional.empty();
        }

        /// What stands in the guest's SMBIOS table of strings.
        List<String> oemStrings() {
            return Json.object(config.get("platform")).get("oem_strings") instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }
    }

    String version(Deadline deadline) {
        var said = String.valueOf(client.get(BASE + "vmm.ping", deadline).get("build_version"));
        var version = VERSION.matcher(said);
        return version.find() ? version.group() : said;
    }

    /// Empty where the VMM has no VM.
    Optional<Info> info(Deadline deadline) {
        var answer = client.send("GET", BASE + "vm.info", "", deadline);
        if (answer.status() == NOTHING_THERE) {
            return Optional.empty();
        }
        if (!answer.accepted()) {
            throw new DriverException(Kind.REFUSED, answer.fault());
        }
        try {
            var info = answer.object();
            return Optional.of(
                    new Info(String.valueOf(info.get("state")), Json.object(info.get("config"))));
        } catch (IOException e) {
            throw new DriverException(
                    Kind.GONE, "the VMM answered vm.info malformed: " + e.getMessage(), e);
        }
    }

    void create(Map<String, Object> config, Deadline deadline) {
        var _ = client.put(BASE + "vm.create", config, deadline);
    }

    /// `boot`, `pause`, `resume`, `shutdown`, `reboot`, `power-button` or `delete`.
    void act(String verb, Deadline deadline) {
        var _ = client.put(BASE + "vm." + verb, deadline);
    }

    /// What the guest's disks and network devices have moved since it booted.
    Counters of(CountersOf make, Deadline deadline) {
        long[] sums = new long[8];
        for (var device : client.get(BASE + "vm.counters", deadline).values()) {
            var counters = Json.object(device);
            for (int i = 0; i < NAMES.size(); i++) {
                sums[i] += Json.number(counters, NAMES.get(i));
            }
        }
        return make.of(
                new Counters.Network(sums[0], sums[1], sums[2], sums[3]),
                new Counters.Storage(sums[4], sums[5], sums[6], sums[7]));
    }

    private static final List<String> NAMES =
            List.of(
                    "rx_bytes",
                    "tx_bytes",
                    "rx_frames",
                    "tx_frames",
                    "read_bytes",
                    "write_bytes",
                    "read_ops",
                    "write_ops");

    /// Adds what only the host knows.
    interface CountersOf {
        Counters of(Counters.Network network, Counters.Storage storage);
    }
}
