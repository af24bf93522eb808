package dev.vmcp.host.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The conformance kit: what every driver must keep, shown on a guest that listens. A subclass
/// gives it a stage; the cases are in the themes.
@ExtendWith(Conformance.class)
public abstract class DriverContract
        implements LifecycleCases, EndCases, FaultCases, AdoptionCases {

    @TempDir Path directory;
    private Kit kit;

    /// @param directory empty, and removed after the test
    protected abstract DriverStage stage(Path directory) throws Exception;

    @BeforeEach
    void setUp() throws Exception {
        kit = new Kit(stage(directory));
    }

    @AfterEach
    void clear() {
        kit.close();
    }

    @Override
    public final Kit kit() {
        return kit;
    }

    /// A directory for what a test needs beside its stage.
    Path scratch() throws IOException {
        return Files.createTempDirectory(directory, "scratch");
    }
}
