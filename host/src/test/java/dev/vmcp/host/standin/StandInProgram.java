package dev.vmcp.host.standin;

import com.fasterxml.jackson.core.JsonFactory;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/// A program that looks like a VMM: a script that turns into a JVM with nothing but what a stand-in
/// needs, and without threads of its own that wake up now and then.
public final class StandInProgram {

    private StandInProgram() {}

    /// Writes the script.
    ///
    /// @param name of the program that it stands for
    /// @param vmm which stand-in
    /// @param version what it prints when asked for its version
    public static Path write(Path directory, String name, String vmm, String version)
            throws IOException {
        var script = directory.resolve(name);
        Files.writeString(
                script,
                """
                #!/bin/sh
                case "$1" in --version|-V) echo "%s"; exit 0;; esac
                exec /usr/bin/env -i '%s/bin/java' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx48m \\
                  -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:AsyncDeflationInterval=0 \\
                  -XX:ServiceThreadCleanupInterval=0 \\
                  --enable-native-access=ALL-UNNAMED -cp '%s' dev.vmcp.host.standin.StandInMain %s "$@"
                """
                        .formatted(version, System.getProperty("java.home"), classPath(), vmm));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private static String classPath() {
        return Stream.of(StandInMain.class, Json.class, VmId.class, JsonFactory.class, Yaml.class)
                .map(StandInProgram::home)
                .distinct()
                .collect(Collectors.joining(":"));
    }

    private static String home(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("code source: " + e + " (expected: a file)", e);
        }
    }
}
