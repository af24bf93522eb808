package dev.vmcp.host.health;

import java.util.Optional;

/// One thing that must be well for the host to do its work.
///
/// @param name as the document shows it
/// @param look returns what is wrong; must be quick, since probes come every second
public record Check(String name, Look look) {

    /// Looks once.
    @FunctionalInterface
    public interface Look {
        /// @return empty when all is well
        Optional<String> problem();
    }
}
