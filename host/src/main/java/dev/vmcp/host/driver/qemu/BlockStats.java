package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.vmm.Json;

/// What the answer of `query-blockstats` adds up to, over all disks.
final class BlockStats {

    private BlockStats() {}

    static Counters.Storage of(Object answer) {
        long bytesRead = 0;
        long bytesWritten = 0;
        long reads = 0;
        long writes = 0;
        for (var disk : Json.objects(answer)) {
            var stats = Json.object(disk.get("stats"));
            bytesRead += Json.number(stats, "rd_bytes");
            bytesWritten += Json.number(stats, "wr_bytes");
            reads += Json.number(stats, "rd_operations");
            writes += Json.number(stats, "wr_operations");
        }
        return new Counters.Storage(bytesRead, bytesWritten, reads, writes);
    }
}
