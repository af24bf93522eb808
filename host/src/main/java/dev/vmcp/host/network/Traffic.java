package dev.vmcp.host.network;

/// What has passed through a network device since it was made, as the guest behind it sees it: in
/// is what came in to the guest.
public record Traffic(
        long bytesIn,
        long bytesOut,
        long packetsIn,
        long packetsOut,
        long droppedIn,
        long droppedOut) {

    private static final int COLUMNS = 16;

    /// Reads the columns after the name in `/proc/net/dev`: eight of what the host received, which
    /// is what the guest sent, then eight of what it transmitted.
    static Traffic parse(String columns) {
        var values = columns.strip().split("\\s+", -1);
        if (values.length < COLUMNS) {
            throw new IllegalArgumentException(
                    "columns: " + columns + " (expected: " + COLUMNS + " numbers)");
        }
        return new Traffic(
                Long.parseLong(values[8]),
                Long.parseLong(values[0]),
                Long.parseLong(values[9]),
                Long.parseLong(values[1]),
                Long.parseLong(values[11]),
                Long.parseLong(values[3]));
    }
}
