package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.Capability.Status;
import dev.vmcp.core.backend.CapabilityName;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProvenTableTest {

    private final ProvenTable table =
            ProvenTable.parse(
                    """
                    qemu\t7.2.22\tpause\tproven\t12\t
                    qemu\t7.2.22\tunplug.disk\tunproven\t0\tthe tiny guest lets go of no disk
                    """);

    @Test
    void whatWasShownIsSupported() {
        assertThat(judged("7.2.22", CapabilityName.PAUSE).status()).isEqualTo(Status.SUPPORTED);
    }

    @Test
    void whatWasNotShownIsUnprovenAndSaysWhy() {
        assertThat(judged("7.2.22", CapabilityName.UNPLUG_DISK))
                .isEqualTo(
                        Capability.unproven(
                                CapabilityName.UNPLUG_DISK, "the tiny guest lets go of no disk"));
        assertThat(judged("7.2.22", CapabilityName.RESUME))
                .isEqualTo(Capability.unproven(CapabilityName.RESUME, "no test shows it"));
    }

    @Test
    void aVersionThatNobodyTestedProvesNothing() {
        assertThat(judged("9.1.0", CapabilityName.PAUSE))
                .isEqualTo(Capability.unproven(CapabilityName.PAUSE, "tested with 7.2.22 only"));
    }

    @Test
    void aReleaseIsKnownHoweverItsBuildCountsIt() {
        var one = ProvenTable.parse("cloudhypervisor\t53.0\tpause\tproven\t1\t");
        assertThat(List.of("53.0", "53.0.0", "53.0-dirty"))
                .allMatch(version -> one.covers("cloudhypervisor", version));
        assertThat(List.of("53.1.0", "53.0.1", "5.3"))
                .noneMatch(version -> one.covers("cloudhypervisor", version));
    }

    @Test
    void whatADriverLacksStaysUnsupported() {
        var lacking = Capability.unsupported(CapabilityName.PAUSE, "it cannot");
        assertThat(table.judge("qemu", "7.2.22", lacking)).isEqualTo(lacking);
    }

    private Capability judged(String version, CapabilityName name) {
        return table.judge("qemu", version, Capability.supported(name));
    }
}
