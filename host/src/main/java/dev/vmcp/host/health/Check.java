package dev.vmcp.host.health;

import java.util.Optional;

/// One thing that must be well for the host to do its work.
///
/// @param name as the document shows it
/// @param vital whether the host is of no use without it; else a problem degrades the host
/// @param look returns what is wrong; must be quick, since probes come every second
public record Check(String name, boolean vital, Look look) {

    /// Without it the host does a part of its work.
    public static Check degrading(String name, Look look) {
        return new Check(name, false, look);
    }

    /// Without it the host does nothing.
    public static Check vital(String name, Look look) {
        return new Check(name, true, look);
    }

    /// Looks once.
    @FunctionalInterface
    public interface Look {
        /// @return empty when all is well
        Optional<String> problem();
    }
}
