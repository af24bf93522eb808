package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.ISOLATION_FILES;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_SYSCALLS;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_USER;

import dev.vmcp.core.backend.CapabilityName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// A stage whose VMM is a stand-in of `host.standin`.
public abstract class StandInStage extends TinyStage {

    private static final String CONFINES_NOTHING = "a stand-in confines itself to nothing";

    protected StandInStage(Path directory) throws IOException {
        super(directory, new Names("tiny.elf", "data"));
    }

    @Override
    public final boolean real() {
        return false;
    }

    @Override
    public Map<CapabilityName, String> unshown() {
        var unshown = new HashMap<CapabilityName, String>();
        for (var name :
                new CapabilityName[] {ISOLATION_USER, ISOLATION_SYSCALLS, ISOLATION_FILES}) {
            unshown.put(name, CONFINES_NOTHING);
        }
        return unshown;
    }
}
