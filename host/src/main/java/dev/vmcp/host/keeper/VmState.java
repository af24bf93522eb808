package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Base;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Transition;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.SerialPort;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The state of one VM: written by its loop only, read by everybody through [#view].
final class VmState {

    private static final Executor LOOKS = task -> Thread.ofVirtual().name("look").start(task);

    private final Ground ground;
    private final Console console;
    private final Runnable told;
    private final Published published;
    private VmRecord record;
    private volatile @Nullable LiveVm live;
    private @Nullable Event owed;

    /// Whether a commit has failed since the last good one: it may be on disk all the same.
    private boolean unsure;

    /// @param told is run, on any thread, when something happened to the VMM by itself
    VmState(Ground ground, VmRecord record, Runnable told) {
        this.ground = ground;
        this.record = record;
        this.told = told;
        this.console = ground.consoles().apply(record.id());
        this.published = new Published(ground, record);
    }

    VmView view() {
        return published.last();
    }

    Console console() {
        return console;
    }

    VmId id() {
        return record.id();
    }

    /// What an operator should know beside the phase, as last published.
    String remark() {
        return published.remark();
    }

    VmRecord record() {
        return record;
    }

    Phase phase() {
        return record.phase();
    }

    Optional<LiveVm> live() {
        return Optional.ofNullable(live);
    }

    LiveVm requireLive() {
        return live().orElseThrow(() ->
                new IllegalStateException(
                        "live VMM of " + id() + ": none (expected: one in " + phase() + ")"));
    }

    /// Whether a VMM runs whose control connection is gone.
    boolean deaf() {
        return live().filter(held -> held.control().isEmpty()).isPresent();
    }

    Signals newSignals() {
        return new Signals(told, this::serialAt);
    }

    /// Looks at this VM again after `pause`.
    void wakeIn(Duration pause) {
        if (pause.isZero()) {
            told.run();
        } else {
            CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, LOOKS)
                    .execute(told);
        }
    }

    /// Reads and writes the console there from now on.
    void serialAt(SerialPort port) {
        var wish = record.spec().console();
        console.attach(
                port,
                wish.enabled() && !wish.output().isEmpty()
                        ? Optional.of(Path.of(wish.output()))
                        : Optional.empty());
    }

    void hold(LiveVm vmm) {
        live = vmm;
    }

    void letGo() {
        var held = live;
        live = null;
        if (held != null) {
            held.release();
        }
    }

    /// Journals what `event` makes of this VM, and publishes it once it is durable. What was
    /// observed stays true when it cannot be written: it is owed then, see [#payDebt].
    ///
    /// @throws Halted when the journal cannot be written; the phase is then as before
    void commit(Event event) {
        commit(event, () -> {});
    }

    /// As [#commit(Event)]; `meanwhile` is run here while the journal writes, also where that fails
    /// in the end.
    void commit(Event event, Runnable meanwhile) {
        var next =
                Transition.next(phase(), event)
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "event: "
                                                + event
                                                + " (expected: one that fits "
                                                + phase()
                                                + ")"));
        var now = now();
        try {
            var wanted = record.with(next, record.run().after(phase(), event, now), now);
            write(wanted, !unsure, meanwhile);
        } catch (Halted halted) {
            owed = observed(event) ? event : owed;
            throw halted;
        }
        owed = null;
    }

    /// Journals another spec, or what is under way, and publishes it once it is durable.
    ///
    /// @throws Halted when the journal cannot be written; the record is then as before
    void commit(VmSpec spec, Pending pending) {
        write(record.with(spec, pending, now()), false, () -> {});
    }

    /// Commits what is under way on the guest, and what its next diff would stand on.
    ///
    /// @throws Halted when the journal cannot be written; the record is then as before
    void commit(Pending pending, Base base) {
        write(record.with(pending, record.run().since(base), now()), !unsure, () -> {});
    }

    /// @param known whether the journal has all of `wanted` but what becomes of the VM
    private void write(VmRecord wanted, boolean known, Runnable meanwhile) {
        var journal = ground.journal();
        unsure = true;
        try {
            var written = known ? journal.advance(wanted) : journal.put(wanted);
            meanwhile.run();
            record = written.join();
        } catch (CompletionException e) {
            throw unwritable(e);
        }
        unsure = false;
        publish("");
    }

    /// Whether something that was observed is not in the journal yet.
    boolean owes() {
        return owed != null;
    }

    /// Journals what was observed while the journal could not be written.
    void payDebt() {
        var due = owed;
        if (due != null) {
            commit(due);
        }
    }

    private static boolean observed(Event event) {
        return switch (event) {
            case Event.LaunchPlanned _, Event.StopPlanned _, Event.DeletePlanned _ -> false;
            case Event.Launched _,
                    Event.LaunchFailed _,
                    Event.PauseSeen _,
                    Event.RunSeen _,
                    Event.Restarted _,
                    Event.RestartWanted _,
                    Event.Ended _,
                    Event.Died _ ->
                    true;
        };
    }

    /// Removes the record for good; `meanwhile` is run here while the journal writes.
    ///
    /// @throws Halted when the journal cannot be written
    void erase(Runnable meanwhile) {
        try {
            var erased = ground.journal().remove(id());
            meanwhile.run();
            var _ = erased.join();
        } catch (CompletionException e) {
            throw unwritable(e);
        }
    }

    private Halted unwritable(CompletionException e) {
        return new Halted(
                new Problem.NotNow("VM " + id(), "the journal cannot be written: " + causeOf(e)));
    }

    private static String causeOf(CompletionException e) {
        var cause = e.getCause();
        return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    }

    /// Publishes what is known now as observed now.
    void publish(String remark) {
        published.renew(record, live(), remark);
    }

    /// Takes a reading of the counters into the view. Called outside of the loop.
    void publishUsage(LiveVm of, Counters counters, Instant at) {
        published.read(counters, at, () -> of.equals(live));
    }

    private Instant now() {
        return ground.clock().instant();
    }
}
