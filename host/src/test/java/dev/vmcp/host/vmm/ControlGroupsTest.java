package dev.vmcp.host.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Limits in the words of either version of control groups.
class ControlGroupsTest {

    private static final VmSpec SPEC = Specs.plain("/k", "", 16 << 20);

    @TempDir Path root;

    private void write(String file, String text) throws IOException {
        var path = root.resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, text);
    }

    @Test
    void versionOneHasAMountForEachController() throws Exception {
        write(
                "proc/self/mounts",
                """
                cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
                cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
                cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
                """);
        var groups = ControlGroups.of(root);
        assertThat(groups.unified()).isFalse();
        assertThat(groups.lacking()).containsExactly("pids");
        assertThat(groups.directories("vmcp", "l-1"))
                .containsExactly(
                        root.resolve("sys/fs/cgroup/cpu,cpuacct/vmcp/l-1"),
                        root.resolve("sys/fs/cgroup/memory/vmcp/l-1"));
        assertThat(groups.limits(SPEC))
                .contains("memory.limit_in_bytes=" + limit(), "cpu.cfs_quota_us=200000");
    }

    @Test
    void versionTwoHasOneForAll() throws Exception {
        write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
        var groups = ControlGroups.of(root);
        assertThat(groups.unified()).isTrue();
        assertThat(groups.lacking()).isEmpty();
        assertThat(groups.directories("vmcp", "l-1"))
                .containsExactly(root.resolve("sys/fs/cgroup/vmcp/l-1"));
        assertThat(groups.limits(SPEC))
                .containsExactly("memory.max=" + limit(), "pids.max=33", "cpu.max=200000 100000");
    }

    @Test
    void aHostWithoutAnyLacksAll() {
        assertThat(ControlGroups.of(root).lacking()).containsExactly("cpu", "memory", "pids");
    }

    private static long limit() {
        var guest = SPEC.memory().bytes();
        return guest + guest / 64 + (64 << 20);
    }
}
