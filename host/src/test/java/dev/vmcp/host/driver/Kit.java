package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.DriverStage.Act;
import dev.vmcp.host.driver.DriverStage.Manner;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// One test's driver and what the cases of the conformance kit do with it.
public final class Kit implements AutoCloseable {

    private final DriverStage stage;
    private final Driver driver;
    private final Probe.Installed installed;

    Kit(DriverStage stage) {
        this.stage = stage;
        this.driver = stage.driver();
        this.installed =
                switch (driver.probe()) {
                    case Probe.Installed found -> found;
                    case Probe.Missing(var why) ->
                            throw new IllegalStateException(
                                    "probe: " + why + " (expected: what the stage stands on)");
                };
    }

    DriverStage stage() {
        return stage;
    }

    Driver driver() {
        return driver;
    }

    Probe.Installed installed() {
        return installed;
    }

    /// What the driver claims.
    Capability claim(CapabilityName name) {
        return installed.capability(name);
    }

    boolean claims(CapabilityName name) {
        return claim(name).status() != Capability.Status.UNSUPPORTED;
    }

    /// Whether it is claimed and can be shown here.
    boolean shows(CapabilityName name) {
        return claims(name) && !stage.unshown().containsKey(name);
    }

    KitVm boot() throws Exception {
        return boot(stage.spec(), stage.launch());
    }

    KitVm boot(VmSpec spec, Launch launch) {
        var heard = heard(launch);
        return new KitVm(spec, launch, driver.prepare(spec, launch).boot(heard, soon()), heard);
    }

    /// As [#boot], with the disk of [Means] where disks can get other files.
    KitVm bootReplaceable(Path scratch) throws Exception {
        var spec = stage.spec();
        if (claims(CapabilityName.REPLACE_DISK)) {
            var file = stage.hotDisk(scratch);
            spec = Specs.with(spec, Specs.disk(Means.DISK, file.toString(), false));
        }
        return boot(spec, stage.launch());
    }

    /// A guest that listens.
    KitVm bootedUp() throws Exception {
        var vm = boot();
        stage.awaitUp(vm.launch());
        return vm;
    }

    /// As a later life of ours takes it up, with nothing but what the journal kept.
    KitVm adopt(KitVm before) {
        before.close();
        var heard = heard(before.launch());
        var process = stage.processes().adopt(before.process().id()).orElseThrow();
        var live = stage.driver().adopt(before.spec(), before.launch(), process, heard, soon());
        return new KitVm(before.spec(), before.launch(), live, heard);
    }

    Heard heard(Launch launch) {
        return new Heard(port -> stage.serialAt(launch, port));
    }

    /// Gives up the case where this VMM never has a guest in that state.
    void assumeReaches(GuestState state) {
        assumeTrue(
                switch (state) {
                    case RUNNING -> true;
                    case PAUSED -> shows(CapabilityName.PAUSE);
                    case POWERED_OFF -> stage.manner(Act.POWER_OFF) == Manner.TELLS;
                    case CRASHED -> stage.manner(Act.CRASH) == Manner.TELLS;
                },
                () -> driver.name() + " never has a guest that is " + state);
    }

    void bring(KitVm vm, GuestState to) throws Exception {
        stage.awaitUp(vm.launch());
        switch (to) {
            case RUNNING -> {}
            case PAUSED -> vm.live().pause(soon());
            case POWERED_OFF -> {
                stage.act(vm.launch(), Act.POWER_OFF);
                vm.heard().await("powered off");
            }
            case CRASHED -> {
                stage.act(vm.launch(), Act.CRASH);
                vm.heard().await("crashed");
            }
        }
        assertThat(vm.observed()).isEqualTo(to);
    }

    /// Waits until what the guest did by itself shows as this VMM shows it.
    void awaitSign(KitVm vm, Act act) throws Exception {
        switch (stage.manner(act)) {
            case TELLS -> vm.heard().await(word(act));
            case ENDS -> {
                var ended = driver.ended(vm.launch(), end(vm.process()));
                assertThat(ended).isInstanceOf(meaning(act));
            }
            case HIDES -> assertThat(vm.process().exit()).isEmpty();
        }
    }

    Exit end(OsProcess process) throws InterruptedException {
        var exit = process.await(soon());
        assertThat(exit).as("an end").isPresent();
        return exit.orElseThrow();
    }

    @Override
    public void close() {
        stage.close();
    }

    private static String word(Act act) {
        return switch (act) {
            case POWER_OFF -> "powered off";
            case RESTART -> "restarted";
            case CRASH -> "crashed";
        };
    }

    private static Class<? extends Ended> meaning(Act act) {
        return switch (act) {
            case POWER_OFF -> Ended.PoweredOff.class;
            case RESTART -> Ended.RestartWanted.class;
            case CRASH -> Ended.Unasked.class;
        };
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    /// How the call fails.
    static Kind kind(ThrowingCallable call) {
        var failure = catchThrowableOfType(DriverException.class, call);
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure.getMessage()).isNotBlank();
        return failure.kind();
    }
}
