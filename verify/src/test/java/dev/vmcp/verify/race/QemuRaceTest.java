package dev.vmcp.verify.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.verify.harness.TinyHost;
import org.junit.jupiter.api.Test;

/// A few racing pairs on real guests; `./run race` runs many.
class QemuRaceTest {

    private static final int PAIRS = 24;

    @Test
    void racingCallsOnRealGuestsEndAsTheTableAllows() throws Exception {
        assumeTrue(TinyHost.qemu(), "qemu-system-x86_64 is not on PATH");
        assertThat(RaceTest.run(PAIRS, System.nanoTime())).isEmpty();
    }
}
