package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Base;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Transition;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The state of one VM: written by its loop only, read by everybody through [#view].
final class VmState {

    private static final String UNVERIFIED =
            "as last recorded; not yet verified with its VMM since vmcp started";
    private static final Executor LOOKS = task -> Thread.ofVirtual().name("look").start(task);

    private final Ground ground;
    private final Console console;
    private final Runnable told;
    private VmRecord record;
    private volatile @Nullable LiveVm live;
    private String remark;
    private final AtomicReference<VmView> view;
    private @Nullable Event owed;

    /// Whether a commit has failed since the last good one: it may be on disk all the same.
    private boolean unsure;

    /// @param told is run, on any thread, when something happened to the VMM by itself
    VmState(Ground ground, VmRecord record, Runnable told) {
        this.ground = ground;
        this.record = record;
        this.told = told;
        this.console = ground.consoles().apply(record.id());
        this.view = new AtomicReference<>(asRecorded(record));
        this.remark = view.get().remark();
    }

    /// What is known of a VM whose VMM was not looked at yet: what was seen when it was recorded.
    private VmView asRecorded(VmRecord of) {
        return switch (of.phase()) {
            case Phase.Created _, Phase.Stopped _, Phase.Failed _ -> atRest(of, "");
            case Phase.Running(_, var process) -> unverified(of, process.pid());
            case Phase.Paused(_, var process) -> unverified(of, process.pid());
            case Phase.Stopping(_, var process, _) -> unverified(of, process.pid());
            case Phase.Booting _, Phase.Deleting _ -> unverified(of, 0);
        };
    }

    private VmView atRest(VmRecord of, String why) {
        boolean attached = attachedAtRest(ground, of);
        return new VmView(of, 0, "", "", attached, why, now(), Optional.empty());
    }

    private VmView unverified(VmRecord of, long pid) {
        boolean attached = attachedAtRest(ground, of);
        return new VmView(of, pid, "", "", attached, UNVERIFIED, of.modified(), Optional.empty());
    }

    VmView view() {
        return view.get();
    }

    Console console() {
        return console;
    }

    VmId id() {
        return record.id();
    }

    /// What an operator should know beside the phase, as last published.
    String remark() {
        return remark;
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
            write(record.with(next, record.run().after(phase(), event, now), now), !unsure);
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
        write(record.with(spec, pending, now()), false);
    }

    /// Commits what is under way on the guest, and what its next diff would stand on.
    ///
    /// @throws Halted when the journal cannot be written; the record is then as before
    void commit(Pending pending, Base base) {
        write(record.with(pending, record.run().since(base), now()), !unsure);
    }

    /// @param known whether the journal has all of `wanted` but what becomes of the VM
    private void write(VmRecord wanted, boolean known) {
        var journal = ground.journal();
        unsure = true;
        try {
            record = (known ? journal.advance(wanted) : journal.put(wanted)).join();
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

    /// Removes the record for good.
    void erase() {
        try {
            var _ = ground.journal().remove(id()).join();
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
    void publish(String newRemark) {
        remark = newRemark;
        var held = live;
        // Taken anew when a reading came in between, so that neither is lost.
        ground.feed().publish(view.updateAndGet(before -> next(before, held)), false);
    }

    private VmView next(VmView before, @Nullable LiveVm held) {
        if (held == null) {
            return atRest(record, remark);
        }
        long pid = held.process().id().pid();
        boolean same = before.pid() == pid && !before.version().isEmpty();
        var version = same ? before.version() : installedVersion();
        var usage = same ? before.usage() : Optional.<VmView.Usage>empty();
        boolean attached = !held.process().ours();
        var screen = screen(held.launch());
        return new VmView(record, pid, version, screen, attached, remark, now(), usage);
    }

    private String screen(LaunchId id) {
        var launch = ground.layout().launch(id, record.id(), record.slot());
        return ground.driver(record.backend())
                .screen(record.spec(), launch)
                .map(Path::toString)
                .orElse("");
    }

    private static boolean attachedAtRest(Ground ground, VmRecord record) {
        return Optional.ofNullable(ground.drivers().get(record.backend()))
                .flatMap(Driver::attachment)
                .filter(Attachment::inUse)
                .isPresent();
    }

    private String installedVersion() {
        return switch (ground.driver(record.backend()).probe()) {
            case Probe.Installed installed -> installed.version();
            case Probe.Missing _ -> "";
        };
    }

    /// Takes a reading of the counters into the view. Called outside of the loop: a reading that
    /// meets a change of the view is dropped, the next one will do.
    void publishUsage(LiveVm of, Counters counters, Instant at) {
        var before = view.get();
        var usage = new VmView.Usage(counters, percent(before.usage(), counters), at);
        if (of.equals(live)) {
            var _ = view.compareAndSet(before, before.withUsage(usage));
        }
    }

    /// Over the time that the VMM has lived in between, which no jump of a clock changes.
    private static double percent(Optional<VmView.Usage> before, Counters now) {
        return before.map(
                        old -> {
                            long cpu = now.cpuMillis() - old.counters().cpuMillis();
                            long lived = now.uptimeMillis() - old.counters().uptimeMillis();
                            return lived <= 0 ? 0.0 : Math.max(0, 100.0 * cpu / lived);
                        })
                .orElseGet(() ->
                        now.uptimeMillis() <= 0
                                ? 0.0
                                : 100.0 * now.cpuMillis() / now.uptimeMillis());
    }

    private Instant now() {
        return ground.clock().instant();
    }
}
