package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.CapabilityName;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The conformance kit: what every driver must keep, shown on a guest that listens. A subclass
/// gives it a stage; the cases are in the themes.
public abstract class DriverContract extends KitTest
        implements LifecycleCases,
                PhaseCases,
                LaunchCases,
                EndCases,
                FaultCases,
                HostileCases,
                AdoptionCases,
                IsolationCases,
                DeviceCases,
                LeftoverCases,
                ConsoleCases,
                GrowthCases,
                SnapshotCases {

    @Test
    void theDriverClaimsAllThatItsFloorAsksFor() throws IOException {
        var floor = Floor.of(kit().driver().name());
        assertThat(floor).as("a floor of %s", kit().driver().name()).isNotEmpty();
        assertThat(floor).allMatch(kit()::claims);
    }

    @Test
    void theDriverGivesAReasonForAllThatItLacks() {
        assertThat(CapabilityName.values())
                .filteredOn(name -> !kit().claims(name))
                .allMatch(name -> !kit().claim(name).reason().isBlank());
    }

    @Override
    protected abstract DriverStage stage(Path directory) throws Exception;
}
