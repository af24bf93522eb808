package dev.vmcp.host.driver.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.ControlGroups;
import dev.vmcp.host.vmm.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Control groups of a real Firecracker in its jail.
final class JailLimitsTest {

    private static final ControlGroups GROUPS = ControlGroups.ofHost();

    @TempDir Path directory;
    private FirecrackerStage stage;

    @BeforeEach
    void setUp() throws Exception {
        stage = new FirecrackerStage(directory, true);
        stage.limited();
        assumeTrue(GROUPS.lacking().isEmpty(), "no control groups for " + GROUPS.lacking());
    }

    @AfterEach
    void clear() {
        if (stage != null) {
            stage.close();
        }
    }

    private static List<Path> groups(Launch launch) {
        return GROUPS.directories("vmcp", launch.id().value());
    }

    private Live boot(Launch launch) throws Exception {
        var live = stage.driver().prepare(stage.spec(), launch).boot(new Heard(_ -> {}), soon());
        stage.awaitUp(launch);
        return live;
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    @Test
    void aJailedVmmIsBoundByWhatItsVmHas() throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            var pid = Long.toString(live.process().id().pid());
            for (var group : groups(launch)) {
                assertThat(Files.readString(group.resolve("cgroup.procs")).lines()).contains(pid);
            }
            for (var limit : GROUPS.limits(stage.spec())) {
                assertThat(found(launch, limit.substring(0, limit.indexOf('='))))
                        .isEqualTo(limit.substring(limit.indexOf('=') + 1));
            }
            live.process().kill();
            assertThat(live.process().await(soon())).isPresent();
        }
        assertThat(groups(launch)).allMatch(Files::isDirectory);
        stage.remove(launch);
        assertThat(groups(launch)).noneMatch(Files::exists);
    }

    private static String found(Launch launch, String file) throws IOException {
        for (var group : groups(launch)) {
            if (Files.exists(group.resolve(file))) {
                return Files.readString(group.resolve(file)).strip();
            }
        }
        return "no file " + file;
    }

    /// As when a host that died comes up again, and at once after the end of the VMM.
    @Test
    void groupsAreTakenBackFromTheirRecordAlone() throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            live.process().kill();
        }
        Traces.undo(launch.directory());
        assertThat(groups(launch)).noneMatch(Files::exists);
        assertThat(stage.elsewhere(launch)).isEmpty();
    }

    @Test
    void whatWasWrittenDownAndNeverMadeDoesNoHarm() throws Exception {
        var launch = stage.launch();
        stage.driver().prepare(stage.spec(), launch);
        assertThat(groups(launch)).noneMatch(Files::exists);
        stage.remove(launch);
        assertThat(stage.elsewhere(launch)).isEmpty();
    }

    @Test
    void limitsWithoutAJailAreRefused() {
        var environment =
                Map.of(Programs.LIMITS, "true", Programs.JAIL, "never", "PATH", "/usr/local/bin");
        var programs = new Programs(stage.processes(), environment);
        assertThat(programs.find())
                .hasToString(
                        "Missing[why=VMCP_FIRECRACKER_LIMITS is true, and VMCP_FIRECRACKER_JAIL is"
                                + " never]");
    }
}
