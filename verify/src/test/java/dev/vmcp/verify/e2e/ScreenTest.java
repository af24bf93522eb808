package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A guest's screen over the API, with a real QEMU.
final class ScreenTest {

    private static final String VM = "vm-0";
    private static final Duration SEEN = Duration.ofSeconds(30);

    @TempDir Path directory;

    /// Under TCG the firmware of a machine with a screen is fast.
    @Test
    void aScreenIsNamedWhileTheGuestHasOne() {
        try (var rig = Rig.in(directory)) {
            var config = rig.config();
            config.getBootBuilder().putBootOptions("vnc", "on").putBootOptions("accel", "tcg");
            rig.run(VM, config.build());
            var socket = Path.of(rig.info(VM).getBackendInfoOrThrow("vnc"));
            assertThat(socket).exists();
            assertThat(socket.getParent())
                    .hasFileName(rig.info(VM).getBackendInfoOrThrow("launch"))
                    .satisfies(parent -> assertThat(parent).startsWith(rig.data()));

            rig.restart();
            rig.awaitPhase(VM, "Running");
            Await.until("the VM is verified", SEEN, () -> rig.info(VM).containsBackendInfo("vnc"));
            assertThat(rig.info(VM).getBackendInfoOrThrow("vnc")).isEqualTo(socket.toString());

            rig.delete(VM);
            assertThat(socket).doesNotExist();
            rig.run(VM);
            assertThat(rig.info(VM).getBackendInfoMap()).doesNotContainKey("vnc");
        }
    }
}
