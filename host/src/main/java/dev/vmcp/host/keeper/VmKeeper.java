package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verdict;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one VM: judges what callers ask, takes the steps one after the other, and answers what the
/// VMM does by itself. [#view] and [#ask] may be called by any thread; all else runs in the lane.
public final class VmKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(VmKeeper.class);

    private final Ground ground;
    private final Lane lane;
    private final VmState vm;
    private final Starting starting;
    private final Ending ending;
    private final Restarting restarting;
    private final Adopting adopting;
    private final Runnable forget;
    private final AtomicBoolean retrying = new AtomicBoolean();
    private volatile boolean deleted;

    /// @param forget is run once when the VM is deleted, before the delete is answered
    VmKeeper(Ground ground, VmRecord record, Runnable forget) {
        this.ground = ground;
        this.lane = new Lane("vm-" + record.id());
        this.vm = new VmState(ground, record, this::somethingHappened);
        this.starting = new Starting(ground, vm);
        this.ending = new Ending(ground, vm);
        this.restarting = new Restarting(ground, vm, starting, ending);
        this.adopting = new Adopting(ground, vm, ending);
        this.forget = forget;
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

    VmState state() {
        return vm;
    }

    /// Asks for a step; the future completes when it is done or refused. It never fails.
    public CompletableFuture<Outcome<Reply>> ask(Ask ask) {
        var answer = new CompletableFuture<Outcome<Reply>>();
        if (ask.overtakes()) {
            lane.overtake(() -> answer.complete(answered(ask)));
        } else if (!lane.offer(() -> answer.complete(answered(ask)))) {
            var full =
                    "VM " + vm.view().record().id() + ": " + Lane.LONGEST + " calls wait already";
            answer.complete(Outcome.refused(new Problem.Overloaded(full)));
        }
        return answer;
    }

    /// Reads the counters of a VMM that runs and publishes them. Waits for the VMM, outside of the
    /// lane, so that a slow one delays no step. One that did not answer when it was last tried is
    /// tried again.
    ///
    /// @throws DriverException when it does not answer by the deadline
    void sample(Deadline deadline) {
        var live = vm.live();
        if (live.isEmpty()) {
            return;
        }
        var control = live.get().control();
        if (control.isEmpty()) {
            if (retrying.compareAndSet(false, true) && !lane.offer(this::retry)) {
                retrying.set(false);
            }
            return;
        }
        var counters = control.get().counters(deadline);
        vm.publishUsage(live.get(), counters, ground.clock().instant());
    }

    private void retry() {
        try {
            guarded(adopting::retry);
        } finally {
            retrying.set(false);
        }
    }

    /// Takes up what an earlier life of ours left of this VM; runs before any call on it.
    void recover(Leftovers leftovers) {
        lane.note(() -> guarded(() -> adopting.recover(leftovers, this::settle)));
    }

    /// Lets go of the VM and leaves it running.
    void release() {
        lane.note(() -> {
            vm.console().close();
            vm.letGo();
        });
    }

    private Outcome<Reply> answered(Ask ask) {
        try {
            return deleted ? gone() : Outcome.done(judged(ask));
        } catch (Halted halted) {
            return Outcome.refused(overtakenOr(ask, halted.problem()));
        } catch (DriverException e) {
            return Outcome.refused(
                    overtakenOr(ask, Failures.problem(vm.id(), ask.verb().word(), e)));
        } catch (InterruptedException _) {
            return Outcome.refused(overtaken(ask));
        } catch (RuntimeException bug) {
            LOG.atError().addKeyValue("vm", vm.id()).setCause(bug).log("bug in a step");
            var what = ask.verb().word() + " VM " + vm.id();
            return Outcome.refused(new Problem.Bug(what));
        }
    }

    private Outcome<Reply> gone() {
        return Outcome.refused(new Problem.VmNotFound(vm.id().value()));
    }

    private Problem overtakenOr(Ask ask, Problem problem) {
        return Thread.currentThread().isInterrupted() ? overtaken(ask) : problem;
    }

    private Problem overtaken(Ask ask) {
        var by = "a shutdown or delete with force";
        return new Problem.Overtaken(vm.id().value(), ask.verb().word(), by);
    }

    private Reply judged(Ask ask) throws InterruptedException {
        if (Verdict.of(ask.verb(), vm.phase(), ask.force()) instanceof Verdict.Wait) {
            // No step is under way in the lane but ours: an earlier one was cut short.
            settle();
        }
        return switch (Verdict.of(ask.verb(), vm.phase(), ask.force())) {
            case Verdict.Act _, Verdict.Interrupt _ -> act(ask);
            case Verdict.AsIs _ -> new Reply(vm.phase(), "");
            case Verdict.Forbidden(var hint) ->
                    throw new Halted(
                            new Problem.WrongPhase(
                                    vm.id().value(), ask.verb().word(), vm.phase().word(), hint));
            case Verdict.Wait _ ->
                    throw new Halted(
                            new Problem.BackendGone(
                                    vm.id().value(),
                                    ask.verb().word(),
                                    "it stays " + vm.phase().word()));
        };
    }

    private Reply act(Ask ask) throws InterruptedException {
        var outcome = "";
        switch (ask.verb()) {
            case BOOT -> starting.boot();
            case PAUSE -> pause();
            case RESUME -> resume();
            case SHUTDOWN -> outcome = shutdown(ask);
            case REBOOT -> reboot(ask);
            case DELETE -> delete();
        }
        return new Reply(vm.phase(), outcome);
    }

    private void pause() {
        vm.requireLive().requireControl().pause(Deadline.in(ground.limits().command()));
        vm.commit(new Event.PauseSeen());
    }

    private void resume() {
        vm.requireLive().requireControl().resume(Deadline.in(ground.limits().command()));
        vm.commit(new Event.RunSeen());
    }

    private String shutdown(Ask ask) throws InterruptedException {
        if (vm.phase() instanceof Phase.Failed(var why)) {
            vm.commit(new Event.Ended("shut down after: " + why));
            return "";
        }
        if (ask.force()) {
            ending.forced();
            return "forced";
        }
        return ending.graceful(ask.grace());
    }

    private void reboot(Ask ask) throws InterruptedException {
        if (ask.force()) {
            restarting.forced();
        } else {
            restarting.graceful(ask.grace());
        }
    }

    private void delete() {
        if (!(vm.phase() instanceof Phase.Deleting)) {
            vm.commit(new Event.DeletePlanned());
        }
        ending.retire();
        vm.console().delete();
        Layout.remove(ground.layout().vm(vm.id()));
        vm.erase();
        deleted = true;
        forget.run();
        ground.feed().publish(vm.view(), true);
        LOG.atDebug()
                .addKeyValue("event", "vm.deleted")
                .addKeyValue("vm", vm.id())
                .log("vm deleted");
    }

    /// Brings a VM to rest whose step was cut short by force, a failure or a crash of ours.
    private void settle() {
        switch (vm.phase()) {
            case Phase.Booting _ -> ending.end(new Event.LaunchFailed("the start was cut short"));
            case Phase.Stopping _ -> ending.end(new Event.Ended("killed"));
            case Phase.Deleting _ -> delete();
            case Phase.Created _,
                    Phase.Running _,
                    Phase.Paused _,
                    Phase.Stopped _,
                    Phase.Failed _ -> {}
        }
    }

    private void somethingHappened() {
        lane.note(() -> guarded(this::react));
    }

    private void react() {
        if (deleted || vm.live().isEmpty()) {
            return;
        }
        var live = vm.requireLive();
        var finish = live.signals().finish();
        if (finish.isPresent()) {
            finished(finish.get());
            return;
        }
        live.signals().takeDisconnect().ifPresent(why -> adopting.reconnect(live, why));
    }

    private void finished(Signals.Finish finish) {
        settleFinish(finish);
        LOG.atInfo()
                .addKeyValue("event", "vm.finished")
                .addKeyValue("vm", vm.id())
                .addKeyValue("phase", vm.phase().word())
                .addKeyValue("reason", vm.view().reason())
                .log("vm ended by itself");
    }

    private void settleFinish(Signals.Finish finish) {
        switch (finish) {
            case Signals.Finish.PoweredOff _ -> {
                if (!(vm.phase() instanceof Phase.Stopping)) {
                    vm.commit(new Event.StopPlanned(false));
                }
                ending.end(new Event.Ended("the guest powered off"));
            }
            case Signals.Finish.Crashed(var how) -> ending.end(new Event.Died(how));
            case Signals.Finish.Exited(var exit) ->
                    ending.end(
                            vm.phase() instanceof Phase.Stopping
                                    ? new Event.Ended("killed")
                                    : new Event.Died(ending.lastWords(exit)));
        }
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
        }
    }

    VmId id() {
        return vm.id();
    }
}
