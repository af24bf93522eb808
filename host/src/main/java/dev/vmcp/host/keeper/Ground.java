package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.RestartBudget;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.disk.DiskLocks;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.journal.Journal;
import dev.vmcp.host.process.Processes;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// What every VM's loop stands on.
///
/// @param drivers by name
/// @param consoles opens the console of a VM
/// @param work what shows in traces that no caller asked for is below this
public record Ground(
        Journal journal,
        Processes processes,
        Map<String, Driver> drivers,
        Function<VmId, Console> consoles,
        Layout layout,
        DiskLocks locks,
        HostChecks checks,
        Admission admission,
        Capacity capacity,
        Feed feed,
        Boots boots,
        Context work,
        Limits limits,
        InstantSource clock,
        RandomGenerator random) {

    /// How long the steps of a VM may take.
    ///
    /// @param boot until the virtual CPUs run
    /// @param command one request to a VMM
    /// @param kill until a killed process is gone
    /// @param dying from the end of a VMM's control connection to the end of its process
    /// @param guest until a guest has let go of a device
    /// @param save until the state of a guest is written
    /// @param stop until a guest has gone down whose caller named no time
    /// @param restarts how often a guest's restart that ends its VMM is followed by a new launch
    public record Limits(
            Duration boot,
            Duration command,
            Duration kill,
            Duration dying,
            Duration guest,
            Duration save,
            Duration stop,
            RestartBudget restarts) {
        private static final Duration GUEST = Duration.ofSeconds(30);
        private static final Duration SAVE = Duration.ofMinutes(10);
        private static final Duration STOP = Duration.ofSeconds(30);

        public static final Limits USUAL =
                new Limits(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        Duration.ofMillis(200));

        public Limits(Duration boot, Duration command, Duration kill, Duration dying) {
            this(boot, command, kill, dying, GUEST, SAVE, STOP, RestartBudget.USUAL);
        }

        /// The same with other times for these.
        public Limits waiting(Duration boot, Duration command, Duration stop) {
            return new Limits(boot, command, kill, dying, guest, save, stop, restarts);
        }
    }

    Driver driver(String name) {
        var driver = drivers.get(name);
        if (driver == null) {
            throw new IllegalStateException(
                    "backend: " + name + " (expected: one of " + drivers.keySet() + ")");
        }
        return driver;
    }
}
