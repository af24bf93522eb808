package dev.vmcp.verify.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A network namespace with loopback and TAPs of its own, gone when closed.
record Namespace(String name) implements AutoCloseable {

    /// Skips the test where none can be made.
    static Namespace with(String... taps) {
        assumeTrue(
                Path.of("/proc/self").toFile().exists()
                        && "root".equals(System.getProperty("user.name")),
                "network namespaces need root");
        assumeTrue(Command.find("ip").isPresent(), "no ip on the search path");
        var name = "vmcp-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime() % 1000;
        var made = Command.run("ip", "netns", "add", name);
        assumeTrue(made.status() == 0, () -> "no network namespace: " + made.output());
        var namespace = new Namespace(name);
        var _ = Command.run("ip", "-n", name, "link", "set", "lo", "up").good();
        for (var tap : taps) {
            var _ = Command.run("ip", "-n", name, "tuntap", "add", tap, "mode", "tap").good();
            var _ = Command.run("ip", "-n", name, "link", "set", tap, "up").good();
        }
        return namespace;
    }

    /// What to put before a command so that it runs in here.
    List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    Command.Result run(String... command) {
        var whole = new ArrayList<>(prefix());
        whole.addAll(List.of(command));
        return Command.run(whole.toArray(String[]::new));
    }

    @Override
    public void close() {
        var _ = Command.run("ip", "netns", "del", name).good();
    }
}
