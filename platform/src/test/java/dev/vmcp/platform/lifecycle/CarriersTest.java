package dev.vmcp.platform.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CarriersTest {

    @TempDir private Path directory;

    @Test
    void virtualThreadsThatKeepTheirCarriersLeaveSomeToOthers() throws Exception {
        var program =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:ActiveProcessorCount=2",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PinnedCarriers.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(new File(directory.toFile(), "output"))
                        .start();
        try {
            assertThat(program.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(program.exitValue()).isZero();
        } finally {
            program.destroyForcibly().waitFor();
        }
    }
}
