package dev.vmcp.host.driver;

import java.nio.file.Path;

/// The conformance kit: what every driver must keep, shown on a guest that listens. A subclass
/// gives it a stage; the cases are in the themes.
public abstract class DriverContract extends KitTest
        implements LifecycleCases,
                EndCases,
                FaultCases,
                HostileCases,
                AdoptionCases,
                IsolationCases,
                LeftoverCases,
                ConsoleCases,
                GrowthCases,
                SnapshotCases {

    @Override
    protected abstract DriverStage stage(Path directory) throws Exception;
}
