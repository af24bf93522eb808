package dev.vmcp.verify.e2e;

import static dev.vmcp.verify.e2e.Verbs.failureBeside;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.verify.e2e.Faults.Start;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a start that takes longer than the host allows.
final class BootLimitTest {

    /// Long enough for the test to get hold of a start before.
    private static final String LIMIT = "6s";

    @TempDir private Path directory;
    private Path place;
    private Rig rig;

    @BeforeEach
    void start() throws IOException {
        place = directory.toRealPath();
        var program = Faults.program(place).toString();
        rig =
                Rig.in(
                        directory,
                        setup -> setup.with("VMCP_QEMU", program).with("VMCP_BOOT_TIMEOUT", LIMIT));
    }

    @AfterEach
    void stop() {
        List.of("held", "deaf", "frozen").forEach(vm -> Faults.clear(place, vm));
        Faults.thawAll(rig.data());
        rig.close();
    }

    @Test
    void startsThatNeverComeToAnEndAreEndedAtTheLimitOfTheHost() throws Exception {
        try (var other = heldByAnother("held")) {
            assertThat(other.monitor().isConnected()).isTrue();
            var deaf = startedWith("deaf", Start.DEAF);
            var frozen = startedWith("frozen", Start.FROZEN);

            assertEnded(other.boot(), "another client holds its monitor");
            assertEnded(deaf, "another client holds its monitor");
            assertEnded(frozen, "stopped by a signal");
        }
        assertThat(rig.left()).allMatch(left -> left.startsWith("vms/"));
    }

    private CompletableFuture<CallFailed> startedWith(String vm, Start fault) {
        Faults.set(place, vm, fault);
        rig.create(vm);
        return failureBeside(() -> Verbs.of(rig, vm).boot());
    }

    private record Held(CompletableFuture<CallFailed> boot, SocketChannel monitor)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            monitor.close();
        }
    }

    /// A start whose monitor somebody else gets hold of before the host does.
    private Held heldByAnother(String vm) {
        var boot = startedWith(vm, Start.FROZEN);
        long pid = Faults.awaitFrozen(rig.data());
        Faults.signal(rig.host().pid(), "STOP");
        try {
            Faults.signal(pid, "CONT");
            return new Held(boot, Faults.holdMonitor(pid));
        } finally {
            Faults.signal(rig.host().pid(), "CONT");
        }
    }

    private static void assertEnded(CompletableFuture<CallFailed> boot, String why) {
        assertThat(boot.join().code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(boot.join().message()).contains(why);
    }
}
