package dev.vmcp.host.keeper;

import java.util.BitSet;

/// Small numbers, each held by one VM at a time. Safe for use by many threads.
final class Slots {

    private final BitSet taken = new BitSet();

    /// Takes the smallest free number.
    synchronized int take() {
        int slot = taken.nextClearBit(0);
        taken.set(slot);
        return slot;
    }

    /// Takes a number that the journal says is held.
    synchronized void take(int slot) {
        taken.set(slot);
    }

    synchronized void free(int slot) {
        taken.clear(slot);
    }
}
