package dev.vmcp.verify.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The package under a real dpkg and a real systemd, in namespaces.
final class PackageTest {

    /// What the script ends with where it cannot be tried.
    private static final int NOT_HERE = 77;

    private static final long LIMIT_MINUTES = 10;

    @TempDir Path directory;

    @Test
    void aGuestLivesThroughUpgradeRestartCrashAndRemovalAndAPurgeLeavesNothing() throws Exception {
        var root = Tree.root();
        assumeTrue(
                Files.isDirectory(root.resolve("build/lib")),
                "there is no build to make a package of");
        var log = directory.resolve("log");
        int status = run(root.resolve("scripts/try-package.sh"), log);
        var said = Files.readString(log, StandardCharsets.UTF_8);
        assumeTrue(status != NOT_HERE, said::strip);
        assertThat(status).as(said).isZero();
        assertThat(said).contains("nothing is left");
    }

    private static int run(Path script, Path log) throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder(script.toString())
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        var process = builder.start();
        try {
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                throw new AssertionError(
                        "not within " + LIMIT_MINUTES + " min: " + Files.readString(log));
            }
            return process.exitValue();
        } finally {
            process.destroy();
        }
    }
}
