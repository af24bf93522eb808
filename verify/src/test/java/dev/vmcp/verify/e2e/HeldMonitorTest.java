package dev.vmcp.verify.e2e;

import static dev.vmcp.verify.e2e.Verbs.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.client.Code;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A monitor speaks to one client. Somebody else took it while the host was down, and the host's
/// own connection meets silence: what callers see then.
final class HeldMonitorTest extends OnOneHost {

    private static final String VM = "vm-0";
    private static final String WHY = "another client holds its monitor";

    private static Verbs vm() {
        return Verbs.of(rig, VM);
    }

    private static String remark() {
        return rig.info(VM).getBackendInfoOrDefault("remark", "");
    }

    /// Ends the host, takes the monitor of its VMM, starts the host and waits until it says so.
    private static SocketChannel hold() {
        long pid = rig.pid(VM);
        rig.host().kill();
        var other = Faults.holdMonitor(pid);
        rig.restart();
        Await.until("the silence is told", Verbs.ANSWERS, () -> remark().contains(WHY));
        return other;
    }

    private static void awaitRelease() {
        Await.until("the monitor answers", Verbs.ANSWERS, () -> remark().isEmpty());
    }

    @Test
    void aGuestWhoseMonitorIsHeldRunsOnAndIsTakenUpWhenItIsFree() throws IOException {
        var nonce = rig.run(VM);
        try (var _ = hold()) {
            assertThat(rig.phase(VM)).as("what is known").isEqualTo("Running");
            assertThat(rig.console(VM).askNonce()).as("its console").contains(nonce);
            var failed = failure(() -> vm().pause());
            assertThat(failed.code()).isEqualTo(Code.UNAVAILABLE);
            assertThat(failed.message()).contains(VM).contains("does not answer");
        }
        awaitRelease();
        vm().pause();
        vm().resume();
        assertThat(rig.console(VM).askNonce()).contains(nonce);
    }

    @Test
    void aPausedGuestWhoseMonitorIsHeldIsResumedWhenItIsFree() throws IOException {
        var nonce = rig.run(VM);
        vm().pause();
        try (var _ = hold()) {
            assertThat(rig.phase(VM)).as("what is known").isEqualTo("Paused");
            assertThat(failure(() -> vm().resume()).code()).isEqualTo(Code.UNAVAILABLE);
        }
        awaitRelease();
        assertThat(rig.phase(VM)).isEqualTo("Paused");
        vm().resume();
        assertThat(rig.console(VM).askNonce()).contains(nonce);
    }

    @Test
    void whatTheOtherClientDidIsSeenWhenTheMonitorIsFree() throws IOException {
        var _ = rig.run(VM);
        try (var other = hold()) {
            Faults.say(other, "{\"execute\":\"qmp_capabilities\"}");
            Faults.say(other, "{\"execute\":\"stop\"}");
            assertThat(rig.phase(VM)).as("what is known").isEqualTo("Running");
        }
        var _ = rig.awaitPhase(VM, "Paused");
    }

    @Test
    void aVmWhoseMonitorIsHeldIsStoppedByItsProcess() throws IOException {
        var _ = rig.run(VM);
        long pid = rig.pid(VM);
        try (var _ = hold()) {
            assertThat(vm().shutdown(1)).isEqualTo("killed");
            assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
        }
        vm().boot();
        assertThat(rig.console(VM).askNonce()).as("it boots again").isPresent();
    }

    @Test
    void aRestartByForceReplacesAVmmWhoseMonitorIsHeld() throws IOException {
        var nonce = rig.run(VM);
        long pid = rig.pid(VM);
        try (var _ = hold()) {
            vm().rebootByForce();
            assertThat(rig.pid(VM)).isNotEqualTo(pid);
            assertThat(rig.console(VM).askNonce()).isPresent().get().isNotEqualTo(nonce);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aVmWhoseMonitorIsHeldIsDeletedByForce(boolean paused) throws IOException {
        var _ = rig.run(VM);
        if (paused) {
            vm().pause();
        }
        long pid = rig.pid(VM);
        try (var _ = hold()) {
            rig.delete(VM);
            assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
            assertThat(rig.left()).isEmpty();
        }
    }

    @Test
    void aSecondClientOfAMonitorThatTheHostHoldsMeetsSilenceAndDisturbsNobody() throws IOException {
        var nonce = rig.run(VM);
        try (var second = Faults.connect(rig.pid(VM))) {
            second.configureBlocking(false);
            vm().pause();
            vm().resume();
            assertThat(Faults.hear(second)).isEmpty();
        }
        vm().pause();
        vm().resume();
        assertThat(remark()).isEmpty();
        assertThat(rig.console(VM).askNonce()).contains(nonce);
    }
}
