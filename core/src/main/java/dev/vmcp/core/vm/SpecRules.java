package dev.vmcp.core.vm;

/// What a spec must satisfy wherever it runs, judged without a look at the host: whether files and
/// TAPs exist, and what a backend can do, are questions for others.
///
/// All violations come at once, each with its field as the wire spells it.
public final class SpecRules {

    /// Sizes are given in whole mebibytes, the one granularity that every backend keeps exactly.
    public static final long MEBIBYTE = 1L << 20;

    /// The most memory that a spec may ask for: 16 TiB.
    public static final long MOST_MEMORY = 1L << 44;

    /// The most disks, and the most network interfaces, of one VM.
    public static final int MOST_DEVICES = 64;

    /// What a backend does with `kernel_path`.
    public enum Kernel {
        REQUIRED,
        /// It boots a disk by firmware and takes no kernel.
        REFUSED
    }

    /// What the operator and the backend set.
    ///
    /// @param leastMemory in bytes, inclusive
    /// @param mostCpus inclusive, also for `max_vcpu_count`
    public record Limits(long leastMemory, int mostCpus, Kernel kernel) {

        /// The published ones: 512 MiB at least, 1,024 virtual CPUs at most, a kernel required.
        public static final Limits PUBLISHED = new Limits(512 * MEBIBYTE, 1024, Kernel.REQUIRED);

        public Limits withLeastMemory(long bytes) {
            return new Limits(bytes, mostCpus, kernel);
        }

        public Limits with(Kernel other) {
            return new Limits(leastMemory, mostCpus, other);
        }
    }

    private SpecRules() {}

    public static SpecFindings check(VmSpec spec, Limits limits) {
        var objections = new Objections();
        ComputeRules.cpu(spec.cpu(), limits, objections);
        ComputeRules.memory(spec.memory(), limits, objections);
        BootRules.check(spec.boot(), limits.kernel(), objections);
        DiskRules.check(spec.disks(), objections);
        NicRules.check(spec.nics(), objections);
        ConsoleRules.check(spec, objections);
        MetadataRules.check(spec.metadata(), objections);
        return objections.findings();
    }
}
