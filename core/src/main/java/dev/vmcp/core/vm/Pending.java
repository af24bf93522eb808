package dev.vmcp.core.vm;

/// What was begun on a guest that runs and is not known to be over: journaled before the VMM is
/// told, cleared when its outcome is.
public sealed interface Pending {

    record Nothing() implements Pending {}

    /// A change of what the guest has.
    record Changing(Change change) implements Pending {}

    /// A snapshot is being written.
    ///
    /// @param resume whether the guest ran before and is to run on
    record Saving(String snapshot, boolean resume) implements Pending {}

    static Pending none() {
        return new Nothing();
    }

    default boolean nothing() {
        return this instanceof Nothing;
    }
}
