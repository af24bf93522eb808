package dev.vmcp.verify.e2e;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Tests of one class on one host, whose VMs are removed after each. Classes run one after the
/// other.
abstract class OnOneHost {

    @TempDir static Path directory;
    static Rig rig;

    @BeforeAll
    static void startHost() {
        rig = Rig.in(directory);
    }

    @AfterAll
    static void stopHost() {
        rig.close();
    }

    @AfterEach
    void removeVms() {
        Faults.thawAll(rig.data());
        rig.deleteAll();
    }
}
