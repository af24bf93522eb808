package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// TAP devices for tests. They exist only where the tests have a network namespace of their own,
/// which says so by the system property `vmcp.own-network` and takes them along when it ends.
public final class FreeTaps {

    public static final String WHY_NONE =
            "TAP devices need a network namespace of this process's own, which ./run conformance"
                    + " makes";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private FreeTaps() {}

    /// A new one, up; empty where there can be none.
    public static Optional<String> next() throws Exception {
        if (!Boolean.getBoolean("vmcp.own-network")) {
            return Optional.empty();
        }
        // Tests run in two processes of one namespace; a name has 15 characters at most.
        var name = "k" + ProcessHandle.current().pid() + "n" + COUNT.incrementAndGet();
        run("ip", "tuntap", "add", name, "mode", "tap");
        run("ip", "link", "set", name, "up");
        return Optional.of(name);
    }

    private static void run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), said).isZero();
    }
}
