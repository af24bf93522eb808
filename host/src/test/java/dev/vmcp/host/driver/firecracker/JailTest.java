package dev.vmcp.host.driver.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.Heard;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Snapshots;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.vmm.FilesAsNamed;
import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users' files in the jail of a real Firecracker.
final class JailTest {

    @TempDir Path directory;
    private FirecrackerStage stage;

    @BeforeEach
    void setUp() throws Exception {
        stage = new FirecrackerStage(directory, true);
    }

    @AfterEach
    void clear() {
        // None where the set-up found that nothing can be shown here.
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void disksAreUsedInPlaceAndFoundAgainByASnapshot() throws Exception {
        var root = disk("root", false, true);
        var data = disk("data", true, false);
        var spec = Specs.with(Specs.with(stage.spec(), data), root);
        var launch = stage.launch();
        var saved = Files.createDirectory(directory.resolve("saved"));
        try (var live = boot(spec, launch)) {
            var drives = Json.objects(configuration(live).getOrDefault("drives", List.of()));
            assertThat(drives)
                    .extracting(drive -> drive.get("drive_id") + " " + drive.get("is_read_only"))
                    .containsExactlyInAnyOrder("disk1 false", "disk0 true");
            assertThat(mounts(launch)).hasSize(2);
            live.pause(soon());
            live.snapshots().orElseThrow().save(saved, Snapshots.Extent.FULL, soon());
            live.process().kill();
            assertThat(live.process().await(soon())).isPresent();
        }
        var nonce = stage.serial(launch).await("\r\n");
        stage.remove(launch);
        assertThat(mounts(launch)).isEmpty();
        assertThat(Files.size(Path.of(root.path()))).isEqualTo(1 << 20);
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(Path.of(root.path()))))
                .isEqualTo("rw-------");
        var again = stage.launch();
        var restoring = stage.driver().restoring().orElseThrow();
        try (var live =
                restoring.prepare(spec, again, List.of(saved)).boot(new Heard(_ -> {}), soon())) {
            stage.awaitUp(again);
            assertThat(nonce).contains(stage.serial(again).nonce());
            assertThat(mounts(again)).hasSize(2);
            live.process().kill();
            assertThat(live.process().await(soon())).isPresent();
        }
        stage.remove(again);
        assertThat(mounts(again)).isEmpty();
    }

    @Test
    void theRootDiskIsTheFirst() throws Exception {
        var spec =
                Specs.with(
                        Specs.with(stage.spec(), disk("a", false, false)), disk("b", true, true));
        var steps = Configuration.of(spec, new VmId("vm"), Configuration.inPlace(spec)).steps();
        assertThat(steps)
                .extracting(Configuration.Step::path)
                .containsExactly(
                        "/machine-config", "/boot-source", "/drives/disk1", "/drives/disk0");
        assertThat(steps.get(1).body()).containsEntry("boot_args", "vmcp.listen root=/dev/vda ro");
    }

    @Test
    void aJailHasNothingButWhatItsGuestNeeds() throws Exception {
        var launch = stage.launch();
        try (var live = boot(stage.spec(), launch)) {
            var root = Path.of("/proc", Long.toString(live.process().id().pid()), "root");
            try (var files = Files.list(root)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder(
                                "api.sock",
                                "dev",
                                "firecracker",
                                "firecracker.log",
                                "configuration.json",
                                "firecracker.pid",
                                "kernel",
                                "run");
            }
            assertThat(Files.getAttribute(launch.directory(), "unix:uid")).isEqualTo(0);
            assertThat(
                            Files.getAttribute(
                                    Path.of("/proc/" + live.process().id().pid()), "unix:uid"))
                    .isEqualTo(launch.jailUid());
        }
    }

    @Test
    void theLogTellsWhyAFirecrackerEndedWhileNobodyWatched() throws Exception {
        var launch = stage.launch();
        var log = Quarters.jail(launch, Path.of("firecracker"), new FilesAsNamed()).log();
        Files.createDirectories(log.getParent());
        var unknown = new Exit.Unknown();
        assertThat(FirecrackerLog.ended(launch, unknown)).isInstanceOf(Ended.Unasked.class);
        Files.writeString(log, "t [l:main] Firecracker exiting successfully. exit_code=0\n");
        assertThat(FirecrackerLog.ended(launch, unknown)).isInstanceOf(Ended.RestartWanted.class);
        Files.writeString(
                log,
                "t [l:main] Bad\u0007 luck\nt [l:main] Firecracker exiting with error. exit_code=1\n");
        assertThat(FirecrackerLog.ended(launch, unknown))
                .isEqualTo(new Ended.Unasked("Firecracker ended unasked (exit code 1): Bad  luck"));
        assertThat(FirecrackerLog.ended(launch, new Exit.Signal(9)))
                .isInstanceOf(Ended.Unasked.class);
        Files.delete(log);
        var secret =
                Files.writeString(
                        directory.resolve("secret"), "exit_code=0", StandardCharsets.UTF_8);
        Files.createSymbolicLink(log, secret);
        assertThat(FirecrackerLog.ended(launch, unknown)).isInstanceOf(Ended.Unasked.class);
    }

    private Live boot(VmSpec spec, Launch launch) throws Exception {
        var live = stage.driver().prepare(spec, launch).boot(new Heard(_ -> {}), soon());
        stage.awaitUp(launch);
        return live;
    }

    private static Map<String, Object> configuration(Live live) {
        return ((FirecrackerLive) live).api().get("/vm/config", soon());
    }

    /// Its permissions keep every other user out.
    private VmSpec.Disk disk(String id, boolean readOnly, boolean root) throws IOException {
        var file = Files.write(directory.resolve(id + ".img"), new byte[1 << 20]);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return new VmSpec.Disk(id, file.toString(), readOnly, root, "", Map.of());
    }

    private static List<String> mounts(Launch launch) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(launch.directory().toString()))
                .toList();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
