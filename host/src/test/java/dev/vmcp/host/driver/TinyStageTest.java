package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyStageTest {

    private static final class Bare extends TinyStage {
        Bare(Path directory) throws IOException {
            super(Files.createDirectory(directory), new Names("kernel", "data"));
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            throw new IllegalStateException("driver: asked for (expected: never)");
        }
    }

    /// A scan finds jailed VMMs by their launch's name: tests that run at the same time would find
    /// each other's.
    @Test
    void theLaunchesOfTwoStagesHaveDifferentNames(@TempDir Path directory) throws IOException {
        try (var one = new Bare(directory.resolve("one"));
                var other = new Bare(directory.resolve("other"))) {
            assertThat(one.launch().id()).isNotEqualTo(other.launch().id());
            assertThat(one.launch().id()).isNotEqualTo(one.launch().id());
        }
    }
}
