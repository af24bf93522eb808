package dev.vmcp.verify.e2e;

import static dev.vmcp.verify.e2e.Verbs.beside;
import static dev.vmcp.verify.e2e.Verbs.failureBeside;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.verify.harness.HostProcess;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What callers see of a VMM that dies or freezes while a stop, a restart or a delete of it is
/// under way.
final class StopFaultsTest extends OnOneHost {

    private static final String VM = "vm-0";

    /// So long that no test waits for it.
    private static final int LONG_GRACE = 300;

    private static final long AT_ONCE_SECONDS = 30;

    private static Verbs vm() {
        return Verbs.of(rig, VM);
    }

    /// A guest that does not listen to its power button.
    private static String run() {
        return rig.run(VM, rig.config("").build());
    }

    private static void bootsAgain() {
        long from = rig.console(VM).end();
        vm().boot();
        assertThat(rig.console(VM).nonceAfter(from)).as("it boots again").isPresent();
    }

    private static void assertStopped(long pid) {
        assertThat(rig.phase(VM)).isEqualTo("Stopped");
        assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
        assertThat(rig.left()).allMatch(left -> left.startsWith("vms/"));
    }

    @Test
    void aVmmThatIsKilledWhileItStopsEndsTheStopAtOnce() throws Exception {
        var _ = run();
        long pid = rig.pid(VM);
        var stop = beside(() -> vm().shutdown(LONG_GRACE));
        var _ = rig.awaitPhase(VM, "Stopping");
        Faults.signal(pid, "KILL");

        assertThat(stop.get(AT_ONCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("killed");
        assertStopped(pid);
        bootsAgain();
    }

    @Test
    void aVmmThatFreezesWhileItStopsIsKilledAtTheDeadlineOfTheStop() {
        var _ = run();
        long pid = rig.pid(VM);
        var stop = beside(() -> vm().shutdown(2));
        var _ = rig.awaitPhase(VM, "Stopping");
        Faults.signal(pid, "STOP");

        assertThat(rig.phase(VM)).as("what is known").isEqualTo("Stopping");
        assertThat(stop.join()).isEqualTo("killed");
        assertStopped(pid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shutdown", "delete"})
    void forceEndsTheStopOfAVmmThatFreezes(String verb) throws Exception {
        var _ = run();
        long pid = rig.pid(VM);
        var stop = failureBeside(() -> vm().shutdown(LONG_GRACE));
        var _ = rig.awaitPhase(VM, "Stopping");
        Faults.signal(pid, "STOP");

        if (verb.equals("delete")) {
            rig.delete(VM);
            assertThat(rig.left()).isEmpty();
        } else {
            assertThat(vm().shutdownByForce()).isEqualTo("forced");
            assertStopped(pid);
        }
        assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
        assertThat(stop.get(AT_ONCE_SECONDS, TimeUnit.SECONDS).code()).isEqualTo(Code.ABORTED);
    }

    @Test
    void aStopThatAHostLeftUnfinishedIsFinishedByTheNextThoughTheVmmIsFrozen() {
        var _ = run();
        long pid = rig.pid(VM);
        var stop = failureBeside(() -> vm().shutdown(LONG_GRACE));
        var _ = rig.awaitPhase(VM, "Stopping");
        Faults.signal(pid, "STOP");
        rig.restart();

        var info = rig.awaitPhase(VM, "Stopped");
        assertThat(info.getBackendInfoMap()).containsEntry("remark", "killed");
        assertThat(stop.join().code()).isEqualTo(Code.UNAVAILABLE);
        assertStopped(pid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "STOP"})
    void aVmmThatDiesOrFreezesWhileItsGuestGoesDownForARestartIsReplaced(String signal) {
        var nonce = run();
        long pid = rig.pid(VM);
        long from = rig.console(VM).end();
        var restart =
                beside(() -> {
                    vm().reboot();
                    return true;
                });
        var _ = rig.awaitPhase(VM, "Stopping");
        Faults.signal(pid, signal);

        assertThat(restart.join()).isTrue();
        assertThat(rig.phase(VM)).isEqualTo("Running");
        assertThat(rig.pid(VM)).isNotEqualTo(pid);
        assertThat(Faults.gone(pid)).as("the VMM before is gone").isTrue();
        assertThat(rig.console(VM).nonceAfter(from)).isPresent().get().isNotEqualTo(nonce);
    }

    @Test
    void aRestartThatAHostLeftUnfinishedIsSaidToHaveFailedWhenItsVmmIsFrozen() {
        var _ = run();
        long pid = rig.pid(VM);
        var restart = failureBeside(() -> vm().reboot());
        var _ = rig.awaitPhase(VM, "Stopping");
        Faults.signal(pid, "STOP");
        rig.restart();

        var info = rig.awaitPhase(VM, "Failed");
        assertThat(info.getBackendInfoOrThrow("failure")).contains("while this VM was restarting");
        assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
        assertThat(restart.join().code()).isEqualTo(Code.UNAVAILABLE);
        bootsAgain();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONT", "STOP", "KILL"})
    void aDeleteThatAHostLeftUnfinishedIsFinishedByTheNext(String signal, @TempDir Path place)
            throws Exception {
        var real = place.toRealPath();
        var setup = Rig.setup(real).with("VMCP_ALLOWED_PATHS", directory.toRealPath().toString());
        // A new journal read, the VM created, starting, running: then a delete begins with a
        // commit.
        var dying = setup.with("VMCP_CRASH_AT", "journal.after-commit:6");
        try {
            long pid = leftInDelete(dying);
            assertThat(Faults.gone(pid)).as("the VMM is gone before its time").isFalse();
            Faults.signal(pid, signal);
            try (var rest = Rig.over(real, setup)) {
                Await.until("nothing is left", Verbs.ANSWERS, () -> rest.left().isEmpty());
                assertThat(Faults.gone(pid)).as("the VMM is gone").isTrue();
                assertThat(Verbs.failure(() -> rest.info(VM)).code()).isEqualTo(Code.NOT_FOUND);
            }
        } finally {
            Rig.endVmms(setup.directory());
        }
    }

    /// Starts a guest on a host that dies as it begins to delete it; returns the pid of the VMM.
    private static long leftInDelete(HostProcess.Setup dying) throws Exception {
        try (var host = HostProcess.start(dying);
                var client = Rig.dial(host)) {
            Rig.create(client, VM, rig.config().build());
            new Verbs(client, VM).boot();
            long pid = Rig.pid(client, VM);
            assertThatExceptionOfType(CallFailed.class).isThrownBy(() -> Rig.delete(client, VM));
            assertThat(host.awaitEnd(AT_ONCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return pid;
        }
    }
}
