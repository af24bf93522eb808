package dev.vmcp.host.vmm;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The huge pages of this host, of the size that it takes where none is named.
///
/// @param bytes of one; 0 where this kernel has none
/// @param free how many are neither used nor promised
public record HugePages(long bytes, long free) {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final long COMMON = 2 << 20;

    /// As they are now.
    public static HugePages now() {
        return of(MEMINFO);
    }

    static HugePages of(Path meminfo) {
        try (Stream<String> lines = Files.lines(meminfo)) {
            var all = lines.toList();
            ToLongFunction<String> number =
                    key ->
                            all.stream()
                                    .filter(line -> line.startsWith(key))
                                    .mapToLong(
                                            line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                                    .findFirst()
                                    .orElse(0);
            var free =
                    number.applyAsLong("HugePages_Free:") - number.applyAsLong("HugePages_Rsvd:");
            return new HugePages(number.applyAsLong("Hugepagesize:") << 10, Math.max(0, free));
        } catch (IOException | RuntimeException e) {
            return new HugePages(0, 0);
        }
    }

    /// Whether a guest's memory is to come from them.
    public static boolean wanted(VmSpec.Memory memory) {
        return memory.backing().getOrDefault("hugepages", "off").equals("on");
    }

    /// Objects to a size that is no whole number of them, where it is to be.
    public static void check(VmSpec.Memory memory, Objections objections) {
        var page = wanted(memory) ? now().bytes() : 0;
        objections.require(
                page == 0 || memory.bytes() % page == 0,
                "config.memory.size_bytes",
                memory.bytes(),
                "a multiple of " + page + ", the size of this host's huge pages");
    }

    /// That too few are left for a guest which wants them. Says nothing where they are not of the
    /// size that every backend takes.
    public static Optional<Problem> shortage(VmSpec.Memory memory) {
        if (!wanted(memory)) {
            return Optional.empty();
        }
        var pages = now();
        var available = pages.free() * pages.bytes();
        return memory.bytes() <= available || pages.bytes() != COMMON
                ? Optional.empty()
                : Optional.of(
                        new Problem.HostFull(
                                "memory in huge pages (bytes)", memory.bytes(), available));
    }
}
