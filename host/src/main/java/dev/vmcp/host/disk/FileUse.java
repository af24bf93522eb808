package dev.vmcp.host.disk;

/// What a VM does to a file.
///
/// @param path as the spec says it, for messages
public record FileUse(FileId file, String path, Way way) {

    /// Several VMs may read one file, or append their consoles to one; nothing else goes together.
    public enum Way {
        READ,
        WRITE,
        APPEND;

        boolean goesWith(Way other) {
            return this == other && this != WRITE;
        }
    }
}
