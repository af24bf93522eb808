package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What callers see when a VMM dies, freezes, or when the guest goes its own way.
final class VmmFaultsTest {

    private static final String VM = "vm-0";
    private static final long KEPT = 128 << 10;

    @TempDir static Path directory;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.in(
                        directory,
                        setup ->
                                setup.with("VMCP_CONSOLE_BYTES", Long.toString(KEPT))
                                        .with("VMCP_ANSWER_TIMEOUT", "2s"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void empty() {
        Faults.thawAll(rig.data());
        rig.deleteAll();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aVmmThatIsKilledIsSeenToHaveFailed(boolean paused) {
        var _ = rig.run(VM);
        if (paused) {
            pause();
        }
        Faults.signal(rig.pid(VM), "KILL");

        var info = rig.awaitPhase(VM, "Failed");
        assertThat(info.getState()).isEqualTo(VmState.VM_STATE_SHUTDOWN);
        assertThat(info.getBackendInfoOrThrow("failure")).contains("signal 9");
        assertThat(info.containsBackendInfo("pid")).isFalse();
        assertThat(rig.data().resolve("launches")).isEmptyDirectory();
        vm().boot();
        assertThat(rig.console(VM).askNonce()).as("it boots again").isPresent();
    }

    @Test
    void aWatcherLearnsOfAVmmThatWasKilled() {
        var _ = rig.run(VM);
        long pid = rig.pid(VM);
        try (var watch = Watch.all(rig.client())) {
            var _ = watch.untilSynced();
            Faults.signal(pid, "KILL");
            var failed = watch.untilPhase(VM, "Failed").getVm();
            assertThat(failed.getReason()).contains("signal 9");
            assertThat(failed.getPid()).isZero();
        }
    }

    @Test
    void aFrozenVmmIsReportedWithinTheDeadlineAndDeletedByForce() {
        var _ = rig.run(VM);
        long pid = rig.pid(VM);
        Faults.signal(pid, "STOP");

        assertThatExceptionOfType(CallFailed.class)
                .isThrownBy(VmmFaultsTest::pause)
                .satisfies(failed -> {
                    assertThat(failed.code()).isEqualTo(Code.UNAVAILABLE);
                    assertThat(failed.message()).contains(VM).contains("pause");
                });
        assertThat(rig.phase(VM)).as("what is known").isEqualTo("Running");
        rig.delete(VM);
        assertThat(VmmProcesses.startTicks(pid)).isEmpty();
    }

    @Test
    void aVmmThatThawsIsPausedAfterAll() {
        var nonce = rig.run(VM);
        Faults.signal(rig.pid(VM), "STOP");
        assertThatExceptionOfType(CallFailed.class).isThrownBy(VmmFaultsTest::pause);
        Faults.signal(rig.pid(VM), "CONT");

        Await.until("it pauses again", Verbs.ANSWERS, VmmFaultsTest::pauses);
        vm().resume();
        assertThat(rig.console(VM).askNonce()).contains(nonce);
    }

    private static boolean pauses() {
        try {
            pause();
            return true;
        } catch (CallFailed e) {
            assertThat(e.code()).isEqualTo(Code.UNAVAILABLE);
            return false;
        }
    }

    @Test
    void aShutdownKillsAFrozenVmmAtItsDeadline() {
        var _ = rig.run(VM);
        Faults.signal(rig.pid(VM), "STOP");

        assertThat(vm().shutdown(1)).isEqualTo("killed");
        assertThat(rig.phase(VM)).isEqualTo("Stopped");
        assertThat(rig.left()).noneMatch(left -> left.startsWith("process"));
    }

    @Test
    void aShutdownByForceEndsAFrozenVmmAtOnce() {
        var _ = rig.run(VM);
        Faults.signal(rig.pid(VM), "STOP");

        assertThat(vm().shutdownByForce()).isEqualTo("forced");
    }

    @Test
    void aRebootByForceReplacesAFrozenVmm() {
        var nonce = rig.run(VM);
        long pid = rig.pid(VM);
        Faults.signal(pid, "STOP");
        vm().rebootByForce();

        assertThat(rig.pid(VM)).isNotEqualTo(pid);
        assertThat(rig.console(VM).askNonce()).isPresent().get().isNotEqualTo(nonce);
    }

    @Test
    void aCallersOwnDeadlineEndsTheWaitNotTheStep() {
        var _ = rig.run(VM);
        Faults.signal(rig.pid(VM), "STOP");
        assertThatExceptionOfType(CallFailed.class)
                .isThrownBy(() -> vm().within(Duration.ofMillis(300)).shutdown(1))
                .satisfies(failed -> assertThat(failed.code()).isEqualTo(Code.DEADLINE_EXCEEDED));

        var _ = rig.awaitPhase(VM, "Stopped");
    }

    @Test
    void aFrozenVmmOfADeadHostIsTakenUpWhenItThawsAndHoldsNoOther() {
        var nonce = rig.run(VM);
        rig.run("vm-1");
        long pid = rig.pid(VM);
        Faults.signal(pid, "STOP");
        rig.restart();

        assertThat(rig.console("vm-1").askNonce()).as("the other guest").isPresent();
        Await.until(
                "it is said to be deaf", Verbs.ANSWERS, () -> remark().contains("does not answer"));
        assertThat(rig.phase(VM)).isEqualTo("Running");
        Faults.signal(pid, "CONT");
        Await.until("it is said to answer", Verbs.ANSWERS, () -> remark().isEmpty());
        pause();
        vm().resume();
        assertThat(rig.console(VM).askNonce()).contains(nonce);
    }

    private static String remark() {
        return rig.info(VM).getBackendInfoOrDefault("remark", "");
    }

    @Test
    void aGuestThatPowersOffIsStopped() {
        var _ = rig.run(VM);
        rig.console(VM).send("P");
        var info = rig.awaitPhase(VM, "Stopped");

        assertThat(info.getBackendInfoMap()).containsEntry("remark", "the guest powered off");
        assertThat(rig.left()).noneMatch(left -> left.startsWith("process"));
    }

    @Test
    void aGuestThatResetsItselfRunsOn() {
        var nonce = rig.run(VM);
        long pid = rig.pid(VM);
        long from = rig.console(VM).end();
        rig.console(VM).send("R");

        assertThat(rig.console(VM).nonceAfter(from)).isPresent().get().isNotEqualTo(nonce);
        assertThat(rig.phase(VM)).isEqualTo("Running");
        assertThat(rig.pid(VM)).isEqualTo(pid);
    }

    @Test
    void aGuestThatCrashesHasFailed() {
        var _ = rig.run(VM);
        rig.console(VM).send("C");
        var info = rig.awaitPhase(VM, "Failed");

        assertThat(info.getBackendInfoOrThrow("failure")).contains("guest");
        assertThat(rig.left()).noneMatch(left -> left.startsWith("process"));
    }

    @Test
    void aGuestThatFloodsItsConsoleFillsNoDiskAndHoldsNobody() throws IOException {
        var _ = rig.run(VM);
        rig.console(VM).send("F");
        Await.until("it prints", Verbs.ANSWERS, () -> rig.console(VM).end() > 3 * KEPT);

        assertThat(size(rig.data().resolve("vms"))).isLessThan(2 * KEPT);
        assertThat(rig.info(VM).getState()).isEqualTo(VmState.VM_STATE_RUNNING);
        var read = ReadConsoleRequest.newBuilder().setVmId(VM).setCursor(1);
        try (var stream = rig.client().readConsole(read.build())) {
            assertThat(stream.next().orElseThrow().getGapBytes()).as("gap").isPositive();
        }
        rig.console(VM).send("x");
        assertThat(rig.console(VM).askNonce()).as("it still listens").isPresent();
    }

    private static long size(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            long sum = 0;
            for (var file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    private static Verbs vm() {
        return Verbs.of(rig, VM);
    }

    private static void pause() {
        vm().pause();
    }
}
