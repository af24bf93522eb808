package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Transition;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.journal.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The state of one VM: written by its loop only, read by everybody through [#view].
final class VmState {

    private final Ground ground;
    private final Console console;
    private final Runnable told;
    private VmRecord record;
    private volatile @Nullable LiveVm live;
    private String remark = "";
    private volatile VmView view;

    /// @param told is run, on any thread, when something happened to the VMM by itself
    VmState(Ground ground, VmRecord record, Runnable told) {
        this.ground = ground;
        this.record = record;
        this.told = told;
        this.console = ground.consoles().apply(record.id());
        this.view = new VmView(record, 0, "", "", ground.clock().instant(), Optional.empty());
    }

    VmView view() {
        return view;
    }

    Console console() {
        return console;
    }

    VmId id() {
        return record.id();
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

    Signals newSignals() {
        return new Signals(told);
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

    /// Journals what `event` makes of this VM, and publishes it once it is durable.
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
        var wanted =
                new VmRecord(
                        record.id(),
                        record.spec(),
                        record.backend(),
                        record.reason(),
                        record.slot(),
                        next,
                        record.created(),
                        ground.clock().instant(),
                        record.revision());
        try {
            record = ground.journal().put(wanted).join();
        } catch (CompletionException e) {
            throw unwritable(e);
        }
        publish("");
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
        if (held == null) {
            view = new VmView(record, 0, "", remark, now(), Optional.empty());
        } else {
            long pid = held.process().id().pid();
            boolean same = view.pid() == pid;
            var version = same ? view.version() : installedVersion();
            var usage = same ? view.usage() : Optional.<VmView.Usage>empty();
            view = new VmView(record, pid, version, remark, now(), usage);
        }
        ground.feed().publish(view, false);
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
        var before = view;
        var usage = new VmView.Usage(counters, percent(before.usage(), counters, at), at);
        if (of.equals(live) && view.equals(before)) {
            view = before.withUsage(usage);
        }
    }

    private static double percent(Optional<VmView.Usage> before, Counters now, Instant at) {
        return before.map(
                        old -> {
                            long cpu = now.cpuMillis() - old.counters().cpuMillis();
                            long wall = Duration.between(old.at(), at).toMillis();
                            return wall <= 0 ? 0.0 : Math.max(0, 100.0 * cpu / wall);
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
