package dev.vmcp.verify.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A few racing pairs on real guests; `./run race` runs many.
class QemuRaceTest {

    private static final int PAIRS = 24;

    @Test
    void racingCallsOnRealGuestsEndAsTheTableAllows() throws Exception {
        var path = System.getenv("PATH");
        assumeTrue(
                path != null
                        && Arrays.stream(path.split(":"))
                                .map(directory -> Path.of(directory, "qemu-system-x86_64"))
                                .anyMatch(Files::isExecutable),
                "qemu-system-x86_64 is not installed");
        assertThat(RaceTest.run(PAIRS, System.nanoTime())).isEmpty();
    }
}
