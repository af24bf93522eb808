package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.Verdict;

/// Judges what a caller wishes by the phase of the VM, and has it done or refuses it.
final class Judging {

    record Steps(
            Acting acting,
            Errands errands,
            Settling settling,
            Adopting adopting,
            Noticing noticing) {}

    private final Ground ground;
    private final VmState vm;
    private final Steps steps;
    private final Runnable takeUp;

    /// @param takeUp brings the record up to what was left, done and seen so far
    Judging(Ground ground, VmState vm, Steps steps, Runnable takeUp) {
        this.ground = ground;
        this.vm = vm;
        this.steps = steps;
        this.takeUp = takeUp;
    }

    Outcome<Reply> judged(Wish wish) throws InterruptedException {
        takeUp.run();
        if (steps.settling().deleted()) {
            return gone();
        }
        if (vm.phase() instanceof Phase.Deleting) {
            // No step is under way in the lane but ours: an earlier delete was cut short.
            steps.settling().delete();
            return is(wish, Verb.DELETE) ? Outcome.done(new Reply(vm.phase(), "")) : gone();
        }
        if (wish.in(vm.phase()) instanceof Verdict.Wait) {
            if (is(wish, Verb.SHUTDOWN)) {
                steps.settling().settleDown();
            } else {
                steps.settling().settle();
            }
        }
        if (!wish.overtakes() && wish.in(vm.phase()) instanceof Verdict.Act) {
            listen(wish);
        }
        return switch (wish.in(vm.phase())) {
            case Verdict.Act _, Verdict.Interrupt _ -> Outcome.done(act(wish));
            case Verdict.AsIs _ -> Outcome.done(new Reply(vm.phase(), ""));
            case Verdict.Forbidden(var hint) ->
                    Outcome.refused(
                            new Problem.WrongPhase(
                                    vm.id().value(), wish.word(), vm.phase().word(), hint));
            case Verdict.Wait _ ->
                    throw new IllegalStateException(
                            "phase: " + vm.phase() + " (expected: one at rest)");
        };
    }

    private static boolean is(Wish wish, Verb verb) {
        return wish instanceof Ask ask && ask.verb() == verb;
    }

    /// Reaches the VMM again where it did not answer, and makes sure of what was begun on it.
    private void listen(Wish wish) {
        if (vm.deaf() && !(wish instanceof Ask ask && ask.force())) {
            var _ = steps.adopting().connect(ground.limits().command());
            steps.noticing().finish();
        }
        steps.errands().conclude();
    }

    private Reply act(Wish wish) throws InterruptedException {
        return switch (wish) {
            case Ask ask when ask.verb() == Verb.DELETE -> {
                steps.settling().delete();
                yield new Reply(vm.phase(), "");
            }
            case Ask ask -> steps.acting().act(ask);
            case Wish.Alter(var change) -> steps.errands().alter(change);
            case Wish.Save save -> steps.errands().save(save);
            case Wish.Restore(var snapshot) -> steps.errands().restore(snapshot);
        };
    }

    private Outcome<Reply> gone() {
        return Outcome.refused(new Problem.VmNotFound(vm.id().value()));
    }
}
