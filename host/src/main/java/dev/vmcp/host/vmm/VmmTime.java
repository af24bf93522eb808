package dev.vmcp.host.vmm;

import java.util.function.Supplier;

/// How long a step has waited for its VMM: to listen, to greet, to answer. Used by the thread that
/// takes the step.
public final class VmmTime {

    private static final ScopedValue<VmmTime> CURRENT = ScopedValue.newInstance();

    private long nanos;

    /// Takes the step; what it waits for its VMM is added here.
    public <T> T during(Supplier<T> step) {
        return ScopedValue.where(CURRENT, this).call(step::get);
    }

    /// Waits for the VMM, on behalf of whatever step is under way.
    public static <T> T waiting(Supplier<T> wait) {
        if (!CURRENT.isBound()) {
            return wait.get();
        }
        long began = System.nanoTime();
        try {
            return wait.get();
        } finally {
            CURRENT.get().nanos += System.nanoTime() - began;
        }
    }

    public long nanos() {
        return nanos;
    }
}
