package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Errand;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verdict;

/// What a caller wants of one VM.
public sealed interface Wish permits Ask, Wish.Alter, Wish.Save, Wish.Restore {

    /// Another specification, and of a guest that runs other devices or sizes.
    record Alter(Change change) implements Wish {
        @Override
        public String word() {
            return change.words();
        }

        @Override
        public Verdict in(Phase phase) {
            return Verdict.of(Errand.CHANGE, phase);
        }
    }

    /// A snapshot.
    ///
    /// @param snapshot its id; empty = one is made up
    /// @param diff only what changed since the last one of this launch
    record Save(String snapshot, boolean diff) implements Wish {
        @Override
        public String word() {
            return Errand.SNAPSHOT.word();
        }

        @Override
        public Verdict in(Phase phase) {
            return Verdict.of(Errand.SNAPSHOT, phase);
        }
    }

    /// A start from a snapshot.
    record Restore(String snapshot) implements Wish {
        @Override
        public String word() {
            return Errand.RESTORE.word();
        }

        @Override
        public Verdict in(Phase phase) {
            return Verdict.of(Errand.RESTORE, phase);
        }
    }

    /// For messages: `cannot <word> VM x`.
    String word();

    /// What becomes of it in `phase`.
    Verdict in(Phase phase);

    /// Whether this ends a step that is under way instead of waiting for it.
    default boolean overtakes() {
        return false;
    }
}
