package dev.vmcp.host.driver;

/// What a VM has used since its VMM started. Sizes in bytes, times in milliseconds.
public record Counters(
        long cpuMillis, long memoryBytes, long uptimeMillis, Network network, Storage storage) {

    /// As the guest sees it: received is what came in to the guest.
    public record Network(long bytesIn, long bytesOut, long packetsIn, long packetsOut) {}

    public record Storage(long bytesRead, long bytesWritten, long reads, long writes) {}
}
