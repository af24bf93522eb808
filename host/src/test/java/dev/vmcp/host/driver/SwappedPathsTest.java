package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.HostTaps;
import dev.vmcp.host.driver.cloudhypervisor.CloudHypervisorDriver;
import dev.vmcp.host.driver.firecracker.FirecrackerDriver;
import dev.vmcp.host.driver.mvisor.MvisorDriver;
import dev.vmcp.host.driver.qemu.QemuDriver;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.vmm.FilesAsNamed;
import dev.vmcp.host.vmm.Kvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A user swaps each file that a spec names for another one the moment after it was judged. The
/// real VMM gets the one that was judged.
final class SwappedPathsTest {

    enum Vmm {
        QEMU,
        FIRECRACKER_JAILED,
        FIRECRACKER,
        CLOUD_HYPERVISOR,
        MVISOR
    }

    @TempDir Path directory;

    /// Opens what has the name, and lets the name lead to `secret` from then on.
    private record Swapping(Path secret) implements FileAccess {

        private static Path judged(Path path) {
            return path.resolveSibling(path.getFileName() + ".judged");
        }

        @Override
        public int image(Path path) {
            return swapped(path, new FilesAsNamed().image(path));
        }

        @Override
        public int disk(LaunchId launch, Path path, boolean writable) {
            return swapped(path, new FilesAsNamed().disk(launch, path, writable));
        }

        private int swapped(Path path, int opened) {
            try {
                Files.move(path, judged(path));
                Files.createSymbolicLink(path, secret);
                return opened;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Stage extends TinyStage {

        private final Vmm vmm;
        private final FileAccess files;
        private final EventLoop events = new EventLoop();

        Stage(Path directory, Vmm vmm, FileAccess files) throws IOException {
            super(directory, new Names("tiny", "data"));
            this.vmm = vmm;
            this.files = files;
            environment.put("VMCP_QEMU_ACCEL", Files.isWritable(Kvm.DEVICE) ? "kvm" : "tcg");
            environment.put(
                    "VMCP_FIRECRACKER_JAIL", vmm == Vmm.FIRECRACKER_JAILED ? "always" : "never");
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            var taps = new HostTaps();
            return switch (vmm) {
                case QEMU -> new QemuDriver(processes, environment, taps, files);
                case FIRECRACKER_JAILED, FIRECRACKER ->
                        new FirecrackerDriver(processes, environment, taps, files);
                case CLOUD_HYPERVISOR ->
                        new CloudHypervisorDriver(processes, events, environment, taps)
                                .opening(files);
                case MVISOR -> new MvisorDriver(processes, environment, files);
            };
        }

        @Override
        public void close() {
            super.close();
            events.close();
        }
    }

    private VmSpec spec(Stage stage, Vmm vmm) {
        var disk = Specs.disk("d", directory.resolve("disk").toString(), false);
        return vmm == Vmm.MVISOR
                ? Specs.with(Specs.plain("", "", 32 << 20), disk)
                : Specs.with(Specs.plain(stage.kernel().toString(), "vmcp.listen", 64 << 20), disk);
    }

    private void disks(Vmm vmm) throws IOException {
        for (var name : new String[] {"disk", "second"}) {
            var file = directory.resolve(name);
            if (vmm == Vmm.MVISOR) {
                BootSectorGuest.writeTo(file, false);
            } else {
                Files.write(file, new byte[1 << 20]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasJudgedIsWhatTheVmmGets(Vmm vmm) throws Exception {
        var secret = Files.write(directory.resolve("secret"), new byte[2 << 20]);
        disks(vmm);
        try (var stage = new Stage(directory, vmm, new Swapping(secret))) {
            assumeTrue(
                    stage.driver().probe() instanceof Probe.Installed, "no " + vmm + " runs here");
            var launch = stage.launch();
            try (var live =
                    stage.driver().prepare(spec(stage, vmm), launch).boot(new Heard(), soon())) {
                var process = new Proc(live.process().id());
                assertThat(process.holds(directory.resolve("disk.judged"))).isTrue();
                assertThat(process.holds(secret)).isFalse();

                var second = Specs.disk("d", directory.resolve("second").toString(), false);
                if (another(live, vmm, second)) {
                    assertThat(process.holds(directory.resolve("second.judged"))).isTrue();
                    assertThat(process.holds(secret)).isFalse();
                }
            }
        }
    }

    /// Gives the guest that runs one more file, where its VMM takes one.
    private static boolean another(Live live, Vmm vmm, VmSpec.Disk disk) {
        return switch (vmm) {
            case FIRECRACKER_JAILED, FIRECRACKER -> {
                present(live.replacing()).replace(disk, soon());
                yield true;
            }
            case CLOUD_HYPERVISOR -> {
                var more = new VmSpec.Disk("e", disk.path(), false, false, "", Map.of());
                present(live.hotplug()).attach(more, soon());
                yield true;
            }
            // QEMU takes more on a machine with firmware, MVisor never.
            case QEMU, MVISOR -> false;
        };
    }

    private static <T> T present(Optional<T> part) {
        return part.orElseThrow();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}
