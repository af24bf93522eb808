package dev.vmcp.platform.lifecycle;

/// The platform threads that carry virtual threads.
public final class Carriers {

    private static final String MOST = "jdk.virtualThreadScheduler.parallelism";
    private static final int LEAST = 8;

    private Carriers() {}

    /// Lets there be eight at least, also where there are fewer CPUs. To be called before the first
    /// virtual thread begins; leaves a number alone that the command line sets.
    ///
    /// A virtual thread that loads a class keeps its carrier, also while it waits for another that
    /// loads it (JEP 491). That one may wait for a monitor which was left to a third virtual
    /// thread, that now has no carrier: nothing goes on any more. Seen with two carriers, 20 VMs
    /// and no AOT cache.
    public static void provide() {
        if (System.getProperty(MOST) == null) {
            int cpus = Runtime.getRuntime().availableProcessors();
            System.setProperty(MOST, Integer.toString(Math.max(cpus, LEAST)));
        }
    }
}
