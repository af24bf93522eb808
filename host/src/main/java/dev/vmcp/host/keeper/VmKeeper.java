package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.Verdict;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.Deadline;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one VM: judges what callers ask, takes the steps one after the other, and answers what the
/// VMM does by itself. [#view] and [#ask] may be called by any thread; all else runs in the lane.
public final class VmKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(VmKeeper.class);

    /// How long a VMM that does not answer is looked at by the way.
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Ground ground;
    private final Lane lane;
    private final VmState vm;
    private final Restarting restarting;
    private final Acting acting;
    private final Settling settling;
    private final Adopting adopting;
    private final Noticing noticing;
    private final AtomicBoolean noted = new AtomicBoolean();
    private @Nullable Leftovers leftovers;
    private boolean released;
    private volatile boolean wanting;

    /// @param forget is run once when the VM is deleted, before the delete is answered
    VmKeeper(Ground ground, VmRecord record, Runnable forget) {
        this.ground = ground;
        this.lane = new Lane("vm-" + record.id());
        this.vm = new VmState(ground, record, this::somethingHappened);
        var starting = new Starting(ground, vm);
        var ending = new Ending(ground, vm);
        this.restarting = new Restarting(ground, vm, starting, ending);
        this.acting = new Acting(ground, vm, new Acting.Steps(starting, ending, restarting));
        this.settling = new Settling(ground, vm, ending, restarting, forget);
        this.adopting = new Adopting(ground, vm, ending, restarting);
        this.noticing = new Noticing(vm, ending, restarting, adopting);
        // What a watcher learns of a VM that is new to this process.
        ground.feed().publish(vm.view(), false);
    }

    /// The VM as last published. Never waits.
    public VmView view() {
        return vm.view();
    }

    public Console console() {
        return vm.console();
    }

    /// Why this VM has no console; empty where it has one.
    public Optional<String> consoleAbsence() {
        return view().attached()
                ? ground.driver(view().record().backend())
                        .attachment()
                        .flatMap(Attachment::noConsole)
                : Optional.empty();
    }

    /// Asks for a step; the future completes when it is done or refused. It never fails.
    public CompletableFuture<Outcome<Reply>> ask(Ask ask) {
        var answer = new CompletableFuture<Outcome<Reply>>();
        Runnable step = () -> answer(ask, answer);
        boolean taken = ask.overtakes() ? lane.overtake(step) : lane.offer(step);
        if (!taken) {
            var full =
                    "VM " + vm.view().record().id() + ": " + Lane.LONGEST + " calls wait already";
            answer.complete(Outcome.refused(new Problem.Overloaded(full)));
        }
        return answer;
    }

    /// Reads the counters of a VMM that runs and publishes them. Waits for the VMM, outside of the
    /// lane, so that a slow one delays no step.
    ///
    /// @throws DriverException when it does not answer by the deadline
    void sample(Deadline deadline) {
        vm.live()
                .ifPresent(live ->
                        live.control()
                                .ifPresent(control ->
                                        vm.publishUsage(
                                                live,
                                                control.counters(deadline),
                                                ground.clock().instant())));
    }

    /// Takes up what an earlier life of ours left of this VM, before any call on it.
    void recover(Leftovers found) {
        lane.note(() -> {
            leftovers = found;
            guarded(this::makeUp);
        });
    }

    /// Makes up for what could not be done when it was due, where there is something. Called now
    /// and then.
    void tend() {
        if (wanting) {
            lane.note(() -> guarded(this::makeUp));
        }
    }

    /// Lets go of the VM and leaves it running.
    void release() {
        lane.note(() -> {
            released = true;
            vm.letGo();
            vm.console().close();
        });
    }

    private void answer(Ask ask, CompletableFuture<Outcome<Reply>> answer) {
        Outcome<Reply> outcome = bug(ask);
        try {
            outcome = answered(ask);
        } finally {
            wanting = isWanting();
            answer.complete(outcome);
        }
    }

    private Outcome<Reply> answered(Ask ask) {
        try {
            return released
                    ? Outcome.refused(new Problem.NotNow("VM " + vm.id(), "this host is stopping"))
                    : judged(ask);
        } catch (Halted halted) {
            return Outcome.refused(overtakenOr(ask, halted.problem()));
        } catch (DriverException e) {
            return Outcome.refused(
                    overtakenOr(ask, Failures.problem(vm.id(), ask.verb().word(), e)));
        } catch (InterruptedException _) {
            return Outcome.refused(Failures.overtaken(vm.id(), ask.verb()));
        } catch (UncheckedIOException e) {
            return Outcome.refused(
                    new Problem.NotNow("VM " + vm.id(), String.valueOf(e.getMessage())));
        } catch (RuntimeException bug) {
            LOG.atError().addKeyValue("vm", vm.id()).setCause(bug).log("bug in a step");
            return bug(ask);
        }
    }

    private Outcome<Reply> bug(Ask ask) {
        return Outcome.refused(new Problem.Bug(ask.verb().word() + " VM " + vm.id()));
    }

    private Outcome<Reply> gone() {
        return Outcome.refused(new Problem.VmNotFound(vm.id().value()));
    }

    private Problem overtakenOr(Ask ask, Problem problem) {
        return Thread.currentThread().isInterrupted()
                ? Failures.overtaken(vm.id(), ask.verb())
                : problem;
    }

    private Outcome<Reply> judged(Ask ask) throws InterruptedException {
        takeUp();
        if (deleted()) {
            return gone();
        }
        if (vm.phase() instanceof Phase.Deleting) {
            // No step is under way in the lane but ours: an earlier delete was cut short.
            settling.delete();
            return ask.verb() == Verb.DELETE ? Outcome.done(new Reply(vm.phase(), "")) : gone();
        }
        if (verdict(ask) instanceof Verdict.Wait) {
            if (ask.verb() == Verb.SHUTDOWN) {
                settling.settleDown();
            } else {
                settling.settle();
            }
        }
        if (verdict(ask) instanceof Verdict.Act && !ask.force() && vm.deaf()) {
            var _ = adopting.connect(ground.limits().command());
            noticing.finish();
        }
        return switch (verdict(ask)) {
            case Verdict.Act _, Verdict.Interrupt _ -> Outcome.done(act(ask));
            case Verdict.AsIs _ -> Outcome.done(new Reply(vm.phase(), ""));
            case Verdict.Forbidden(var hint) ->
                    Outcome.refused(
                            new Problem.WrongPhase(
                                    vm.id().value(), ask.verb().word(), vm.phase().word(), hint));
            case Verdict.Wait _ ->
                    throw new IllegalStateException(
                            "phase: " + vm.phase() + " (expected: one at rest)");
        };
    }

    private Verdict verdict(Ask ask) {
        return Verdict.of(ask.verb(), vm.phase(), ask.force());
    }

    /// Brings the record up to what was left, done and seen so far.
    private void takeUp() {
        var left = leftovers;
        if (left != null) {
            adopting.recover(left, settling::settle);
            leftovers = null;
        }
        vm.payDebt();
        if (!deleted()) {
            noticing.finish();
        }
    }

    private void makeUp() {
        if (released || deleted()) {
            return;
        }
        takeUp();
        if (deleted()) {
            return;
        }
        if (restarting.pending()) {
            startDue();
            return;
        }
        settling.settle();
        noticing.reconnect();
        if (vm.deaf()) {
            var _ = adopting.connect(LOOK);
            noticing.finish();
        }
    }

    private boolean isWanting() {
        return !deleted()
                && (leftovers != null
                        || vm.owes()
                        || vm.deaf()
                        || vm.live().flatMap(live -> live.signals().finish()).isPresent()
                        || settling.unsettled());
    }

    private Reply act(Ask ask) throws InterruptedException {
        if (ask.verb() == Verb.DELETE) {
            settling.delete();
            return new Reply(vm.phase(), "");
        }
        return acting.act(ask);
    }

    private void somethingHappened() {
        if (noted.compareAndSet(false, true)) {
            lane.note(() -> {
                noted.set(false);
                guarded(this::notice);
            });
        }
    }

    private void notice() {
        if (!deleted() && !released) {
            noticing.finish();
            noticing.reconnect();
            startDue();
        }
    }

    /// As a wish, so that force can end it.
    private void startDue() {
        if (restarting.isDue()) {
            var _ =
                    lane.offer(() ->
                            guarded(() -> {
                                if (!deleted() && !released && restarting.isDue()) {
                                    restarting.finish();
                                }
                            }));
        }
    }

    private boolean deleted() {
        return settling.deleted();
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Halted | DriverException e) {
            LOG.atWarn()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("error", e.getMessage())
                    .log("vm needs attention");
            vm.publish(String.valueOf(e.getMessage()));
        } catch (RuntimeException bug) {
            LOG.atError().addKeyValue("vm", vm.id()).setCause(bug).log("bug in a step");
        } finally {
            wanting = isWanting();
        }
    }
}
