package dev.vmcp.verify.e2e;

import static dev.vmcp.verify.e2e.Verbs.failure;
import static dev.vmcp.verify.e2e.Verbs.failureBeside;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.client.Code;
import dev.vmcp.verify.e2e.Faults.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What callers see of a VMM that dies, freezes or says nothing while it starts.
final class BootFaultsTest {

    private static final String VM = "vm-0";
    private static final Duration SHORT = Duration.ofMillis(500);

    /// Much less than a start may take.
    private static final long AT_ONCE_SECONDS = 30;

    @TempDir static Path directory;
    private static Path place;
    private static Rig rig;

    @BeforeAll
    static void start() throws IOException {
        place = directory.toRealPath();
        var program = Faults.program(place).toString();
        rig =
                Rig.in(
                        directory,
                        setup ->
                                setup.with("VMCP_QEMU", program).with("VMCP_ANSWER_TIMEOUT", "2s"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void empty() {
        Faults.clear(place, VM);
        Faults.thawAll(rig.data());
        rig.deleteAll();
    }

    private static Verbs vm() {
        return Verbs.of(rig, VM);
    }

    private static void bootsNow() {
        Faults.clear(place, VM);
        vm().boot();
        assertThat(rig.console(VM).askNonce()).as("the guest answers").isPresent();
    }

    private static void nothingLeft() {
        assertThat(rig.left()).allMatch(left -> left.startsWith("vms/"));
    }

    @Test
    void aVmmThatDiesAsItStartsIsToldAndTheVmBootsLater() {
        rig.create(VM);
        Faults.set(place, VM, Start.KILLED);

        var failed = failure(() -> vm().boot());
        assertThat(failed.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failed.message()).contains(VM).contains("signal 9");
        assertThat(rig.phase(VM)).isEqualTo("Failed");
        assertThat(rig.info(VM).getBackendInfoOrThrow("failure")).contains("signal 9");
        nothingLeft();
        bootsNow();
    }

    @Test
    void aVmmThatIsKilledWhileItIsFrozenInItsStartIsToldAtOnce() throws Exception {
        rig.create(VM);
        Faults.set(place, VM, Start.FROZEN);
        var boot = failureBeside(() -> vm().boot());
        Faults.signal(Faults.awaitFrozen(rig.data()), "KILL");

        var failed = boot.get(AT_ONCE_SECONDS, TimeUnit.SECONDS);
        assertThat(failed.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failed.message()).contains("signal 9");
        assertThat(rig.phase(VM)).isEqualTo("Failed");
        nothingLeft();
        bootsNow();
    }

    @Test
    void aCallersDeadlineEndsTheWaitForAFrozenStartWhichEndsWellLater() {
        rig.create(VM);
        Faults.set(place, VM, Start.FROZEN);

        assertThat(failure(() -> vm().within(SHORT).boot()).code())
                .isEqualTo(Code.DEADLINE_EXCEEDED);
        long pid = Faults.awaitFrozen(rig.data());
        assertThat(rig.phase(VM)).as("what is known").isEqualTo("Booting");
        assertThat(failure(() -> vm().within(SHORT).pause()).code())
                .as("a call that waits its turn")
                .isEqualTo(Code.DEADLINE_EXCEEDED);
        Faults.signal(pid, "CONT");

        // The pause was asked for, too, and nobody took it back.
        var _ = rig.awaitPhase(VM, "Paused");
        vm().resume();
        assertThat(rig.pid(VM)).isEqualTo(pid);
        assertThat(rig.console(VM).askNonce()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shutdown", "delete"})
    void forceEndsAStartThatIsFrozen(String verb) throws Exception {
        rig.create(VM);
        Faults.set(place, VM, Start.FROZEN);
        var boot = failureBeside(() -> vm().boot());
        long pid = Faults.awaitFrozen(rig.data());

        if (verb.equals("delete")) {
            rig.delete(VM);
            assertThat(rig.left()).isEmpty();
        } else {
            assertThat(vm().shutdownByForce()).isEqualTo("forced");
            assertThat(rig.phase(VM)).isEqualTo("Stopped");
            nothingLeft();
        }
        assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
        assertThat(boot.get(AT_ONCE_SECONDS, TimeUnit.SECONDS).code()).isEqualTo(Code.ABORTED);
    }

    @Test
    void aStartThatWasFrozenWhenTheHostDiedIsEndedAndTold() {
        rig.create(VM);
        Faults.set(place, VM, Start.FROZEN);
        var boot = failureBeside(() -> vm().boot());
        long pid = Faults.awaitFrozen(rig.data());
        rig.restart();

        var info = rig.awaitPhase(VM, "Failed");
        assertThat(info.getBackendInfoOrThrow("failure")).contains("while this VM was starting");
        assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
        assertThat(boot.join()).isNotNull();
        nothingLeft();
        bootsNow();
    }

    @Test
    void aVmmThatPrintsALotFillsNoDisk() throws IOException {
        rig.create(VM);
        Faults.set(place, VM, Start.LOUD);
        vm().boot();
        Path log;
        try (var launches = Files.list(rig.data().resolve("launches"))) {
            log = launches.findFirst().orElseThrow().resolve("vmm.log");
        }
        assertThat(Files.size(log)).as("what it printed").isGreaterThan(32 << 20);

        Await.until("its log is short", Verbs.ANSWERS, () -> kilobytesOnDisk(log) < 4096);
        assertThat(rig.console(VM).askNonce()).as("the guest answers").isPresent();
    }

    private static long kilobytesOnDisk(Path file) {
        return Long.parseLong(Command.run("du", "-k", file.toString()).good().split("\\s", -1)[0]);
    }
}
