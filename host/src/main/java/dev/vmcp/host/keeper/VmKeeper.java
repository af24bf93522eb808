package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.platform.telemetry.otel.CurrentTrace;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    private final Errands errands;
    private final Settling settling;
    private final Adopting adopting;
    private final Noticing noticing;
    private final Showing showing;
    private final Judging judging;
    private final AtomicBoolean noted = new AtomicBoolean();
    private volatile @Nullable Leftovers leftovers;
    private boolean released;
    private volatile boolean wanting;

    /// @param forget is run once when the VM is deleted, before the delete is answered
    /// @param found what an earlier life of ours left; taken up by [#recover] or before the first
    ///   call
    VmKeeper(Ground ground, VmRecord record, Runnable forget, Optional<Leftovers> found) {
        this.ground = ground;
        this.lane = new Lane("vm-" + record.id());
        this.vm = new VmState(ground, record, this::somethingHappened);
        var starting = new Starting(ground, vm);
        var ending = new Ending(ground, vm);
        this.restarting = new Restarting(ground, vm, starting, ending);
        var acting = new Acting(ground, vm, new Acting.Steps(starting, ending, restarting));
        this.errands = new Errands(ground, vm, starting);
        this.settling = new Settling(ground, vm, ending, restarting, forget);
        this.adopting = new Adopting(ground, vm, ending, restarting);
        this.showing = new Showing(vm, ground.work());
        this.noticing = new Noticing(showing, vm, new Noticing.Steps(ending, restarting, adopting));
        this.leftovers = found.orElse(null);
        this.judging =
                new Judging(
                        ground,
                        vm,
                        new Judging.Steps(acting, errands, settling, adopting, noticing),
                        this::takeUp);
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
    public CompletableFuture<Outcome<Reply>> ask(Wish wish) {
        var answer = new CompletableFuture<Outcome<Reply>>();
        var work = CurrentTrace.get();
        Runnable step = () -> answer(work, wish, answer);
        boolean taken = wish.overtakes() ? lane.overtake(step) : lane.offer(step);
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

    /// Sends input to the guest. A VM that an earlier life of ours left running is taken up first,
    /// ahead of others: until then its serial port is not open.
    ///
    /// @return how many bytes the serial port took by the deadline
    /// @throws Console.NotWritable as [Console#write] says
    public int send(byte[] data, Deadline deadline) throws InterruptedException {
        if (left()) {
            var looked = new CountDownLatch(1);
            recover(looked::countDown);
            if (!looked.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Console.NotWritable("its VMM has not answered since this host started");
            }
        }
        return console().write(data, deadline);
    }

    /// Whether an earlier life of ours left something of this VM that was not taken up yet.
    boolean left() {
        return leftovers != null;
    }

    /// Takes that up now; `done` is run afterwards, whatever came of it.
    void recover(Runnable done) {
        lane.note(() -> {
            try {
                guarded(this::makeUp);
            } finally {
                done.run();
            }
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

    private void answer(Context work, Wish wish, CompletableFuture<Outcome<Reply>> answer) {
        Outcome<Reply> outcome = Failures.bug(vm.id(), wish.word());
        try {
            outcome =
                    showing.wished(
                            work, wish, () -> Failures.told(vm.id(), wish, () -> judged(wish)));
        } finally {
            wanting = isWanting();
            answer.complete(outcome);
        }
    }

    private Outcome<Reply> judged(Wish wish) throws InterruptedException {
        return released
                ? Outcome.refused(new Problem.NotNow("VM " + vm.id(), "this host is stopping"))
                : judging.judged(wish);
    }

    /// Brings the record up to what was left, done and seen so far.
    private void takeUp() {
        var left = leftovers;
        if (left != null) {
            showing.taken("vm.recover", () -> adopting.recover(left, settling::settle));
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
            goOn();
            return;
        }
        settling.settle();
        noticing.reconnect();
        if (vm.deaf()) {
            var _ = adopting.connect(LOOK);
            noticing.finish();
        }
        goOn();
    }

    private boolean isWanting() {
        return !deleted()
                && (leftovers != null
                        || vm.owes()
                        || !vm.record().pending().nothing()
                        || vm.deaf()
                        || vm.live().flatMap(live -> live.signals().finish()).isPresent()
                        || settling.unsettled());
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
            goOn();
        }
    }

    /// Takes up what takes its time: as a wish, so that force can end it.
    private void goOn() {
        if (restarting.isDue() || errands.toConclude()) {
            var _ =
                    lane.offer(() ->
                            guarded(() -> {
                                if (released || deleted()) {
                                    return;
                                }
                                if (restarting.isDue()) {
                                    restarting.finish();
                                }
                                errands.conclude();
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
