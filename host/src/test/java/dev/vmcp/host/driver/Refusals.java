package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.SerialPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Shows that what a driver does not claim is refused, promptly, and harms nothing.
final class Refusals {

    private static final Duration PROMPT = Duration.ofSeconds(5);
    private static final VmSpec.Nic NIC = new VmSpec.Nic("n1", "", "vmcp-kit0", "", Map.of());

    private final Kit kit;
    private final Path scratch;

    /// @param scratch an empty directory
    Refusals(Kit kit, Path scratch) {
        this.kit = kit;
        this.scratch = scratch;
    }

    void check(CapabilityName name) throws Exception {
        assertThat(kit.claim(name).reason()).as("why not").isNotBlank();
        switch (name) {
            case BOOT, BOOT_FIRMWARE, CONSOLE_VIRTIO, NET_TAP -> specIsRefused(name);
            case RESTORE -> assertThat(kit.driver().restoring()).isEmpty();
            case CONSOLE_INPUT -> portIsOneWay();
            default -> verbIsRefused(name);
        }
    }

    private void specIsRefused(CapabilityName name) {
        var plain = kit.stage().spec();
        var asking =
                switch (name) {
                    case BOOT -> Specs.with(plain, new VmSpec.Boot("/vmlinuz", "", "", Map.of()));
                    case BOOT_FIRMWARE -> Specs.with(plain, new VmSpec.Boot("", "", "", Map.of()));
                    case CONSOLE_VIRTIO ->
                            Specs.with(plain, new VmSpec.Console(true, "", "", "virtio-console"));
                    case NET_TAP -> Specs.with(plain, NIC);
                    default -> plain;
                };
        var check = kit.driver().check(asking);
        assertThat(check.invalid().size() + check.unsupported().size()).isPositive();
        assertThat(kit.stage().running()).isEmpty();
    }

    private void portIsOneWay() throws Exception {
        try (var vm = kit.bootedUp()) {
            assertThat(kit.driver().serial(vm.launch()))
                    .get()
                    .isInstanceOf(SerialPort.OutputPipe.class);
        }
    }

    private void verbIsRefused(CapabilityName name) throws Exception {
        var means = Means.of(kit.stage(), scratch);
        try (var vm = kit.bootedUp()) {
            var verb = verb(name, vm.live(), means);
            if (verb.isPresent()) {
                var late = Deadline.in(PROMPT);
                var failure = catchThrowable(() -> verb.get().accept(vm.live(), Kit.soon()));
                assertThat(failure).as("%s", name).isInstanceOf(DriverException.class);
                assertThat(((DriverException) failure).kind()).isEqualTo(Kind.REFUSED);
                assertThat(late.passed()).as("late").isFalse();
            }
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
            assertThat(vm.process().exit()).isEmpty();
            kit.stage().awaitUp(vm.launch());
        }
    }

    /// How the port is asked for it; empty where the port has no way to.
    private Optional<BiConsumer<Live, Deadline>> verb(CapabilityName name, Live live, Means means) {
        return switch (name) {
            case REPLACE_NIC -> live.replacing().map(r -> (_, by) -> r.replace(NIC, by));
            case SNAPSHOT_DIFF ->
                    live.snapshots()
                            .map(s ->
                                    (_, by) ->
                                            s.save(means.directory(), Snapshots.Extent.DIFF, by));
            default ->
                    Verb.of(name)
                            .filter(verb -> verb.there(live))
                            .map(verb -> (_, by) -> verb.on(live, means, by));
        };
    }
}
