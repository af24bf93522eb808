package dev.vmcp.host.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a guest asks of the huge pages of a host.
final class HugePagesTest {

    @TempDir Path directory;

    private static List<Violation> checked(VmSpec.Memory memory) {
        var objections = new Objections();
        HugePages.check(memory, objections);
        return objections.findings().invalid();
    }

    private static VmSpec.Memory huge(long bytes) {
        return new VmSpec.Memory(bytes, false, 0, Map.of("hugepages", "on"));
    }

    private static VmSpec.Memory plain(long bytes) {
        return new VmSpec.Memory(bytes, false, 0, Map.of());
    }

    @Test
    void whatIsPromisedToOthersIsNotFree() throws IOException {
        var file =
                Files.writeString(
                        directory.resolve("meminfo"),
                        """
                        MemTotal:       24684084 kB
                        HugePages_Total:     256
                        HugePages_Free:       40
                        HugePages_Rsvd:       15
                        Hugepagesize:       2048 kB
                        """);
        assertThat(HugePages.of(file)).isEqualTo(new HugePages(2 << 20, 25));
        assertThat(HugePages.of(directory.resolve("none"))).isEqualTo(new HugePages(0, 0));
    }

    @Test
    void memoryIsAWholeNumberOfThem() {
        var page = HugePages.now().bytes();
        assumeTrue(page > 0, "this kernel has no huge pages");
        assertThat(checked(huge(3 * page))).isEmpty();
        assertThat(checked(plain(page + 1))).isEmpty();
        assertThat(checked(huge(page + (1 << 20))).getFirst().sentence())
                .startsWith("config.memory.size_bytes: " + (page + (1 << 20)))
                .contains("a multiple of " + page);
    }

    @Test
    void tooFewOfThemAreAFullHost() {
        assumeTrue(HugePages.now().bytes() == 2 << 20, "the huge pages here are of another size");
        assertThat(HugePages.shortage(plain(1L << 50))).isEmpty();
        assertThat(HugePages.shortage(huge(0))).isEmpty();
        var problem = HugePages.shortage(huge(1L << 50)).orElseThrow();
        assertThat(problem.code()).isEqualTo("HOST_FULL");
        assertThat(problem.message()).startsWith("not enough memory in huge pages (bytes)");
    }
}
