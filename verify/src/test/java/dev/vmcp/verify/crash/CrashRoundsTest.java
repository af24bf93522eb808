package dev.vmcp.verify.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.verify.harness.TinyHost;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Twenty rounds with a fresh seed in every build; `./run crash` runs more, and repeats a seed.
class CrashRoundsTest {

    @Test
    void nothingIsLostOrLeftWhenTheHostIsKilledInAStormOfCalls() throws Exception {
        assumeTrue(TinyHost.qemu(), "qemu-system-x86_64 is not on PATH");
        long seed = new SplittableRandom().nextLong(1_000_000_000L);

        var ended = Trial.of(CrashTest.class, "--rounds", "20", "--seed", Long.toString(seed));

        assertThat(ended.status()).as(ended.output()).isZero();
    }
}
