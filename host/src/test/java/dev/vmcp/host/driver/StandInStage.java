package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.ISOLATION_FILES;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_SYSCALLS;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_USER;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.host.standin.Published;
import dev.vmcp.host.standin.Requests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A stage whose VMM is a stand-in of `host.standin`.
public abstract class StandInStage extends TinyStage {

    private static final String CONFINES_NOTHING = "a stand-in confines itself to nothing";

    protected StandInStage(Path directory) throws IOException {
        super(directory, new Names("tiny.elf", "data"));
    }

    /// The vendor's description of what may be asked.
    ///
    /// @param file in the folder of the descriptions
    /// @param base what the file leaves out at the front of paths
    public record Contract(String file, String base) {}

    /// Empty where the vendor publishes none.
    public Optional<Contract> contract() {
        return Optional.empty();
    }

    /// What of all that was asked of stand-ins here the vendor's description does not know; empty
    /// also without the description.
    public List<String> objections() throws IOException {
        var contract = contract();
        var published =
                contract.isPresent()
                        ? Published.find(contract.get().file())
                        : Optional.<Published>empty();
        var found = new ArrayList<String>();
        if (published.isPresent()) {
            for (var request : requests()) {
                found.addAll(published.get().objections(request, contract.orElseThrow().base()));
            }
        }
        return found;
    }

    /// Everything that was asked of the stand-ins of launches that are still there.
    protected final List<Requests.Request> requests() throws IOException {
        var all = new ArrayList<Requests.Request>();
        try (var directories = Files.list(launches())) {
            for (var directory : directories.toList()) {
                all.addAll(Requests.of(directory));
            }
        }
        return all;
    }

    @Override
    public final boolean real() {
        return false;
    }

    @Override
    public Map<CapabilityName, String> unshown() {
        var unshown = new HashMap<CapabilityName, String>();
        for (var name : List.of(ISOLATION_USER, ISOLATION_SYSCALLS, ISOLATION_FILES)) {
            unshown.put(name, CONFINES_NOTHING);
        }
        return unshown;
    }
}
