package dev.vmcp.verify.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the unit promises to guests, and to systemd.
final class UnitFileTest {

    private static final Path DIST = Tree.root().resolve("dist/src/main");
    private static final Path UNIT = DIST.resolve("systemd/vmcp-host.service");

    @ParameterizedTest
    @CsvSource({
        // A stop ends the host and no guest.
        "KillMode, process",
        // Sockets of guests that run on are not swept away with the host.
        "RuntimeDirectoryPreserve, yes",
        // A guest that is killed for want of memory does not take the host and all others along.
        "OOMPolicy, continue",
        // systemd leaves the cgroups of guests alone.
        "Delegate, yes",
        // It is up when it serves, and restarted when its journal hangs.
        "Type, notify",
        "WatchdogSec, 30",
        "Restart, always",
        // A wrong configuration does not become right by trying again.
        "RestartPreventExitStatus, 78",
    })
    void theUnitSays(String key, String value) throws IOException {
        assertThat(lines())
                .filteredOn(line -> line.startsWith(key + "="))
                .containsExactly(key + "=" + value);
    }

    @Test
    void nothingInTheUnitWouldEndAGuestOrTakeItsFiles() throws IOException {
        assertThat(lines())
                .noneMatch(line ->
                        line.matches(
                                "(?i)(PrivateTmp|ProtectSystem|PrivateMounts|ExecStop.*|RuntimeMaxSec)=.*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postinst", "prerm", "postrm"})
    void aScriptOfThePackageIsGoodShell(String script) throws Exception {
        var process =
                new ProcessBuilder("sh", "-n", DIST.resolve("deb/" + script).toString())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(Files.readString(DIST.resolve("deb/" + script)))
                .startsWith("#!/bin/sh\n")
                .contains("\nset -e\n");
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(UNIT);
    }
}
