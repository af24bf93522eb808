package dev.vmcp.host.endpoint;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.Reply;
import dev.vmcp.host.keeper.VmKeeper;
import dev.vmcp.host.keeper.Wish;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What every call of the services has in common: finding its VM, waiting, answering.
final class Calls {

    private final Keepers keepers;

    Calls(Keepers keepers) {
        this.keepers = keepers;
    }

    /// The VM that a request names.
    Outcome<VmKeeper> find(String vmId) {
        var id = VmId.parse(vmId);
        if (id.isEmpty()) {
            var violation = Violation.of("vm_id", vmId, VmId.EXPECTED);
            return Outcome.refused(new Problem.InvalidInput(List.of(violation)));
        }
        return keepers.find(id.get())
                .map(Outcome::done)
                .orElseGet(() -> Outcome.refused(new Problem.VmNotFound(vmId)));
    }

    /// The VM that a request names, which has a console.
    Outcome<VmKeeper> findConsole(String vmId) {
        return find(vmId)
                .then(keeper ->
                        keeper.consoleAbsence()
                                .map(why -> new Problem.NotNow("the console of VM " + vmId, why))
                                .map(Outcome::<VmKeeper>refused)
                                .orElseGet(() -> Outcome.done(keeper)));
    }

    /// Asks a VM for a step and waits for its outcome, for as long as the caller does. A caller
    /// that leaves does not end the step.
    Outcome<Reply> ask(String vmId, Wish ask) {
        return find(vmId).then(keeper -> await(vmId, keeper, ask));
    }

    private static Outcome<Reply> await(String vmId, VmKeeper keeper, Wish ask) {
        var answer = keeper.ask(ask);
        var deadline = Context.current().getDeadline();
        try {
            return deadline == null
                    ? answer.get()
                    : answer.get(
                            deadline.timeRemaining(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Outcome.refused(new Problem.TimedOut(vmId, ask.word()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.refused(new Problem.TimedOut(vmId, ask.word()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("answer of " + vmId, e.getCause());
        }
    }

    static <T> void answer(Outcome<T> outcome, StreamObserver<T> to) {
        switch (outcome) {
            case Outcome.Done<T>(var value) -> {
                to.onNext(value);
                to.onCompleted();
            }
            case Outcome.Refused<T>(var problem) -> to.onError(ProblemMapping.toStatus(problem));
        }
    }
}
