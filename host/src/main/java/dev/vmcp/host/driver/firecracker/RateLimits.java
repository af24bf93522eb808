package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a device may do at most, as Firecracker's token buckets: each holds what is allowed for a
/// second, and fills within one. A bucket of no size is no limit.
final class RateLimits {

    private static final int SECOND = 1000;
    private static final String RATE = "_per_second";

    private RateLimits() {}

    /// Whether a device has any.
    static boolean any(Map<String, String> options) {
        return options.keySet().stream().anyMatch(key -> key.endsWith(RATE));
    }

    /// The members of a request that is about this drive, for all its limits.
    static Map<String, Object> of(VmSpec.Disk disk) {
        return Map.of(
                "rate_limiter", limiter(disk.options(), "bytes_per_second", "ops_per_second"));
    }

    /// As [#of(VmSpec.Disk)], of a network interface.
    static Map<String, Object> of(VmSpec.Nic nic) {
        var limits = new LinkedHashMap<String, Object>();
        for (var way : new String[] {"rx", "tx"}) {
            var bytes = way + "_bytes_per_second";
            var packets = way + "_packets_per_second";
            limits.put(way + "_rate_limiter", limiter(nic.options(), bytes, packets));
        }
        return limits;
    }

    private static Map<String, Object> limiter(
            Map<String, String> options, String bytes, String operations) {
        return Map.of("bandwidth", bucket(options, bytes), "ops", bucket(options, operations));
    }

    private static Map<String, Object> bucket(Map<String, String> options, String key) {
        long size = Long.parseLong(options.getOrDefault(key, "0"));
        return Map.of("size", size, "refill_time", size == 0 ? 0 : SECOND);
    }
}
