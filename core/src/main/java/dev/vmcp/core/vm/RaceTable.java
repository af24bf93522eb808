package dev.vmcp.core.vm;

import dev.vmcp.core.vm.Phase.Booting;
import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.core.vm.Phase.Deleting;
import dev.vmcp.core.vm.Phase.Failed;
import dev.vmcp.core.vm.Phase.Paused;
import dev.vmcp.core.vm.Phase.Running;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.Phase.Stopping;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// How two calls that race on one VM may end, when nothing fails: as if one had come after the
/// other, whichever; or, where a forced shutdown or delete ends the step of the other, with that
/// one overtaken.
public final class RaceTable {

    /// The phase word of a VM that is no more.
    public static final String GONE = "Gone";

    /// A verb as it is called.
    public record Call(Verb verb, boolean force) {

        boolean overtakes() {
            return Verdict.of(verb, new Booting(LAUNCH), force) instanceof Verdict.Interrupt;
        }
    }

    /// What a call comes to.
    public enum Answer {
        OK,
        /// Ok without anything done.
        AS_IS,
        FAILED_PRECONDITION,
        NOT_FOUND,
        /// The other call ended this one's step.
        OVERTAKEN;

        /// As a client can tell it: what was done and what was so already look alike.
        public Answer seen() {
            return this == AS_IS ? OK : this;
        }
    }

    /// One way to end.
    ///
    /// @param a the answer to the first call
    /// @param b the answer to the second call
    /// @param phase the word of the phase when both have answered
    public record Ending(Answer a, Answer b, String phase) {

        /// As a client can tell it.
        public Ending seen() {
            return new Ending(a.seen(), b.seen(), phase);
        }

        private Ending turned() {
            return new Ending(b, a, phase);
        }
    }

    /// An answer and what the VM is after it; empty when it is gone.
    private record Step(Answer answer, Optional<Phase> after) {}

    private static final LaunchId LAUNCH = new LaunchId("l-" + "0".repeat(24));
    private static final ProcessId PROCESS = new ProcessId(1, 1, "");

    private RaceTable() {}

    /// All endings of `a` and `b`, called at the same time while the VM is in `start`. A step that
    /// `start` has under way is taken to succeed.
    public static Set<Ending> endings(Call a, Call b, Phase start) {
        var all = new HashSet<Ending>();
        all.add(oneAfterTheOther(a, b, start));
        all.add(oneAfterTheOther(b, a, start).turned());
        overtaken(a, b, start).ifPresent(all::add);
        overtaken(b, a, start).map(Ending::turned).ifPresent(all::add);
        return Set.copyOf(all);
    }

    /// Whether clients may see `ending`.
    public static boolean allows(Call a, Call b, Phase start, Ending ending) {
        return endings(a, b, start).stream().map(Ending::seen).anyMatch(ending.seen()::equals);
    }

    private static Ending oneAfterTheOther(Call first, Call second, Phase start) {
        var one = step(first, Optional.of(start));
        var two = step(second, one.after());
        return new Ending(one.answer(), two.answer(), word(two.after()));
    }

    /// The ending in which `second` ends the step of `first`.
    private static Optional<Ending> overtaken(Call first, Call second, Phase start) {
        var judged = settled(start);
        if (!second.overtakes()
                || judged.isEmpty()
                || first.verb() == Verb.DELETE
                || !(Verdict.of(first.verb(), judged.get(), first.force())
                        instanceof Verdict.Act)) {
            return Optional.empty();
        }
        var step = step(second, Optional.of(during(first.verb())));
        return step.answer() == Answer.OK
                ? Optional.of(new Ending(Answer.OVERTAKEN, Answer.OK, word(step.after())))
                : Optional.empty();
    }

    private static Step step(Call call, Optional<Phase> from) {
        if (from.isEmpty()) {
            return new Step(Answer.NOT_FOUND, from);
        }
        return switch (Verdict.of(call.verb(), from.get(), call.force())) {
            case Verdict.Act _, Verdict.Interrupt _ -> new Step(Answer.OK, done(call.verb()));
            case Verdict.AsIs _ -> new Step(Answer.AS_IS, from);
            case Verdict.Forbidden _ -> new Step(Answer.FAILED_PRECONDITION, from);
            case Verdict.Wait _ -> step(call, settled(from.get()));
        };
    }

    /// What comes of the step that is under way.
    private static Optional<Phase> settled(Phase phase) {
        return switch (phase) {
            case Created _, Running _, Paused _, Stopped _, Failed _ -> Optional.of(phase);
            case Booting(var launch) -> Optional.of(new Running(launch, PROCESS));
            case Stopping(var launch, var process, var restart) ->
                    Optional.of(restart ? new Running(launch, process) : new Stopped(""));
            case Deleting _ -> Optional.empty();
        };
    }

    private static Optional<Phase> done(Verb verb) {
        return switch (verb) {
            case BOOT, RESUME, REBOOT -> Optional.of(new Running(LAUNCH, PROCESS));
            case PAUSE -> Optional.of(new Paused(LAUNCH, PROCESS));
            case SHUTDOWN -> Optional.of(new Stopped(""));
            case DELETE -> Optional.empty();
        };
    }

    /// The phase while the verb is being done.
    private static Phase during(Verb verb) {
        return switch (verb) {
            case BOOT -> new Booting(LAUNCH);
            case PAUSE -> new Running(LAUNCH, PROCESS);
            case RESUME -> new Paused(LAUNCH, PROCESS);
            case SHUTDOWN -> new Stopping(LAUNCH, PROCESS, false);
            case REBOOT -> new Stopping(LAUNCH, PROCESS, true);
            case DELETE -> throw new IllegalStateException("verb: delete (expected: another)");
        };
    }

    private static String word(Optional<Phase> phase) {
        return phase.map(Phase::word).orElse(GONE);
    }
}
