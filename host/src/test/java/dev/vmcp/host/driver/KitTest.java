package dev.vmcp.host.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A test class of the kit, without its cases: what a driver alone can show is a case of a subclass
/// of its own, marked by [Proves].
@ExtendWith(Conformance.class)
public abstract class KitTest implements Cases {

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
        // None where the set-up found that nothing can be shown here.
        if (kit != null) {
            kit.close();
        }
    }

    @Override
    public final Kit kit() {
        return kit;
    }

    @Override
    public final Path scratch() throws IOException {
        return Files.createTempDirectory(directory, "scratch");
    }
}
