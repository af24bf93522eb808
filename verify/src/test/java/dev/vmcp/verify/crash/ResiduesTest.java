package dev.vmcp.verify.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/// The crash test's look for what was left can fail: each kind is planted once, and found.
class ResiduesTest {

    private static final String[] KINDS = {
        "nothing",
        "directory in launches",
        "directory in vms",
        "directory in volumes",
        "directory in snapshots",
        "file of the host",
        "temporary file",
        "second name",
        "mode",
        "owner",
        "access list",
        "bind mount",
        "manifest",
        "network device",
        "network device that is gone",
        "tap in use",
        "network namespace",
        "network namespace that is kept",
        "terminal",
        "socket",
        "control group",
        "control group without its VMM",
        "nothing of another host's",
        "process",
        "user",
        "user of two",
        "open file"
    };

    @Test
    void everyKindOfResidueIsFound() throws Exception {
        assumeTrue(OwnGround.possible(), "namespaces of its own take root and unshare");

        var ended = Trial.of(Planting.class);

        assertThat(ended.output().lines())
                .containsExactly(
                        java.util.Arrays.stream(KINDS)
                                .map(kind -> kind + ": found")
                                .toArray(String[]::new));
        assertThat(ended.status()).isZero();
    }
}
