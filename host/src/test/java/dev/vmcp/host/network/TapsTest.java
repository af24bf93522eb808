package dev.vmcp.host.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.process.ProcessException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TapsTest {

    @Test
    void whatTheHostReceivedIsWhatTheGuestSent() {
        var columns = " 100 2 3 4 5 6 7 8 900 10 11 12 13 14 15 16";

        assertThat(Traffic.parse(columns)).isEqualTo(new Traffic(900, 100, 10, 2, 12, 4));
        assertThatThrownBy(() -> Traffic.parse("1 2 3")).hasMessageContaining("expected: 16");
    }

    @Test
    void theLoopbackExistsButIsNoTap() {
        assertThat(Taps.exists("lo")).isTrue();
        assertThat(Taps.traffic("lo")).isPresent();
        assertThat(Taps.traffic("none0")).isEmpty();
        assertThatThrownBy(() -> Taps.open("none0"))
                .isInstanceOf(ProcessException.class)
                .hasMessage("open TAP none0: there is no such network device");
        assertThatThrownBy(() -> Taps.open("a-name-that-is-too-long"))
                .isInstanceOf(ProcessException.class);
        assertThat(Taps.exists("none0")).as("made by looking").isFalse();
    }

    @Test
    void aTapIsOpenedByNameByOneHolderAtATime() throws Exception {
        assumeTrue(mayMakeNetworks(), "needs root and /dev/net/tun");

        var output =
                inOwnNetwork(
                        "ip tuntap add vm0 mode tap",
                        "ip tuntap add vm1 mode tap multi_queue",
                        "ip tuntap add tun0 mode tun",
                        java() + " vm0 vm1 tun0 gone0");

        assertThat(output)
                .contains(
                        "vm0: opened, open TAP vm0: another process uses it",
                        "vm1: opened, opened again",
                        "open TAP tun0: not a TAP device",
                        "open TAP gone0: there is no such network device",
                        "[lo, tun0, vm0, vm1]");
    }

    private static boolean mayMakeNetworks() {
        return "root".equals(System.getProperty("user.name"))
                && Files.exists(Path.of("/dev/net/tun"));
    }

    /// The namespace goes with its only process.
    private static List<String> inOwnNetwork(String... commands) throws Exception {
        var process =
                new ProcessBuilder(
                                "/usr/bin/unshare",
                                "--net",
                                "/bin/sh",
                                "-ec",
                                String.join("\n", commands))
                        .redirectErrorStream(true)
                        .start();
        try (var output = process.inputReader(StandardCharsets.US_ASCII)) {
            var lines = output.lines().toList();
            assertThat(process.waitFor()).as("%s", lines).isZero();
            return lines;
        }
    }

    private static String java() {
        return "'%s/bin/java' --enable-native-access=ALL-UNNAMED -cp '%s' %s"
                .formatted(
                        System.getProperty("java.home"),
                        System.getProperty("java.class.path"),
                        TapOpener.class.getName());
    }
}
