package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.DriverException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what could not be done into what a caller is told.
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /// A step that was asked for; it may fail in every way that steps fail.
    interface Step {
        Outcome<Reply> run() throws InterruptedException;
    }

    private Failures() {}

    /// The outcome of a step, which never fails: a failure is a refusal that says why.
    static Outcome<Reply> told(VmId vm, Wish wish, Step step) {
        var doing = wish.word();
        try {
            return step.run();
        } catch (Halted halted) {
            return Outcome.refused(unlessOvertaken(vm, doing, halted.problem()));
        } catch (DriverException e) {
            return Outcome.refused(unlessOvertaken(vm, doing, problem(vm, doing, e)));
        } catch (InterruptedException _) {
            return Outcome.refused(overtaken(vm, doing));
        } catch (UncheckedIOException e) {
            return Outcome.refused(new Problem.NotNow("VM " + vm, String.valueOf(e.getMessage())));
        } catch (RuntimeException bug) {
            LOG.atError().addKeyValue("vm", vm).setCause(bug).log("bug in a step");
            return bug(vm, doing);
        }
    }

    static Outcome<Reply> bug(VmId vm, String doing) {
        return Outcome.refused(new Problem.Bug(doing + " VM " + vm));
    }

    private static Problem unlessOvertaken(VmId vm, String doing, Problem problem) {
        return Thread.currentThread().isInterrupted() ? overtaken(vm, doing) : problem;
    }

    /// What a caller is told whose step was ended by force.
    static Problem overtaken(VmId vm, String doing) {
        return new Problem.Overtaken(vm.value(), doing, "a shutdown or delete with force");
    }

    static Problem problem(VmId vm, String doing, DriverException e) {
        var words = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case REFUSED -> new Problem.BackendRefused(vm.value(), doing, words);
            case GONE, SILENT -> new Problem.BackendGone(vm.value(), doing, words);
            case HOST, NOT_NOW -> new Problem.NotNow("cannot " + doing + " VM " + vm, words);
        };
    }
}
