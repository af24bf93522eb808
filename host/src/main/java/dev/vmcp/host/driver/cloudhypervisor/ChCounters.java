package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.vmm.Json;
import java.util.Map;
import java.util.function.ToLongFunction;

/// What `vm.counters` adds up to, over all devices: each has the counters of its kind only.
record ChCounters(Counters.Network network, Counters.Storage storage) {

    /// Of a guest that is off, which has none.
    static final ChCounters NONE = of(Map.of());

    static ChCounters of(Map<String, Object> answer) {
        ToLongFunction<String> sum =
                name ->
                        answer.values().stream()
                                .mapToLong(device -> Json.number(Json.object(device), name))
                                .sum();
        return new ChCounters(
                new Counters.Network(
                        sum.applyAsLong("rx_bytes"),
                        sum.applyAsLong("tx_bytes"),
                        sum.applyAsLong("rx_frames"),
                        sum.applyAsLong("tx_frames")),
                new Counters.Storage(
                        sum.applyAsLong("read_bytes"),
                        sum.applyAsLong("write_bytes"),
                        sum.applyAsLong("read_ops"),
                        sum.applyAsLong("write_ops")));
    }
}
