package dev.vmcp.host.driver.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.HostTaps;
import dev.vmcp.host.disk.AllowedRoots;
import dev.vmcp.host.disk.DiskLocks;
import dev.vmcp.host.disk.FileOpener;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A kernel whose path leads elsewhere by the time QEMU starts.
final class SwappedFilesTest {

    private static final Allowed ALLOWED = new Allowed();

    @TempDir Path directory;
    private Path inside = Path.of("/");
    private QemuStage stage;

    /// A stage whose driver opens what lies in one directory only.
    private static final class Guarded extends QemuStage {
        Guarded(Path directory) throws IOException {
            super(directory);
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            return new QemuDriver(processes, environment, new HostTaps(), ALLOWED);
        }
    }

    /// Only what lies in [#inside].
    private static final class Allowed implements FileAccess {
        private volatile Path root = Path.of("/");

        @Override
        public int image(Path path) {
            var roots = new AllowedRoots(List.of(root));
            return new FileOpener(roots, new DiskLocks()).image(path);
        }

        @Override
        public int disk(LaunchId launch, Path path, boolean writable) {
            throw new IllegalStateException("disk: " + path + " (expected: none)");
        }
    }

    @BeforeEach
    void setUp() throws IOException {
        inside = Files.createDirectory(directory.toRealPath().resolve("inside"));
        ALLOWED.root = inside;
        stage = new Guarded(directory);
    }

    @AfterEach
    void clear() {
        stage.close();
    }

    private VmSpec spec(Path kernel) {
        var boot = new VmSpec.Boot(kernel.toString(), "", "vmcp.listen", Map.of());
        return Specs.with(stage.spec(), boot);
    }

    @Test
    void aLinkThatIsSwappedAfterTheChecksLeadsNowhere() throws Exception {
        var fine = Files.copy(stage.kernel(), inside.resolve("kernel"));
        var link = Files.createSymbolicLink(inside.resolve("link"), fine);
        var launch = stage.launch();
        var prepared = stage.driver().prepare(spec(link), launch);

        var next = Files.createSymbolicLink(inside.resolve("next"), stage.kernel());
        var _ = Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
        assertThatExceptionOfType(DriverException.class)
                .isThrownBy(() ->
                        prepared.boot(new Heard(), Deadline.in(Duration.ofSeconds(20))).close())
                .satisfies(e -> assertThat(e.kind()).isEqualTo(DriverException.Kind.HOST))
                .withMessageContaining("does not lie");
    }

    @Test
    void aLinkThatLeadsToAnAllowedFileBoots() throws Exception {
        var fine = Files.copy(stage.kernel(), inside.resolve("kernel"));
        var link = Files.createSymbolicLink(inside.resolve("link"), fine);
        var launch = stage.launch();
        try (var live =
                stage.driver()
                        .prepare(spec(link), launch)
                        .boot(new Heard(), Deadline.in(Duration.ofSeconds(20)))) {
            stage.awaitUp(launch);
            assertThat(live.process().exit()).isEmpty();
        }
    }
}
