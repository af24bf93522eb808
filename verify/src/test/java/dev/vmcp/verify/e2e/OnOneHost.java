package dev.vmcp.verify.e2e;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Tests of one class on one host, which soon gives up on a VMM or a guest that does nothing. Its
/// VMs are removed after each test. Classes run one after the other.
abstract class OnOneHost {

    @TempDir static Path directory;
    static Rig rig;

    @BeforeAll
    static void startHost() {
        rig =
                Rig.in(
                        directory,
                        setup ->
                                setup.with("VMCP_ANSWER_TIMEOUT", "2s")
                                        .with("VMCP_STOP_TIMEOUT", "10s"));
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
