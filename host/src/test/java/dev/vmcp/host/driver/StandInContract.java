package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.standin.Published;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// [DriverContract] on a stand-in, with what only a stand-in can be told to do. After each case all
/// that the driver asked is held against the vendor's published description.
public abstract class StandInContract extends DriverContract implements MoodCases {

    @Override
    protected abstract StandInStage stage(Path directory) throws Exception;

    @AfterEach
    void theVendorKnowsAllThatWasAsked() throws IOException {
        assertThat(((StandInStage) stage()).objections()).isEmpty();
    }

    @Test
    void theVendorsDescriptionIsThere() throws Exception {
        var stage = (StandInStage) stage();
        if (stage.contract().isPresent()) {
            var file = stage.contract().get().file();
            assumeTrue(Published.find(file).isPresent(), Published.missing(file));
        }
        try (var vm = kit().bootedUp()) {
            assertThat(stage.requests()).isNotEmpty();
            unharmed(vm);
        }
    }
}
