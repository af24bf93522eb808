package dev.vmcp.platform.rpc.call;

/// Told once about each call, when it has ended; to log and to measure with. Called on whatever
/// thread ended the call, an event loop too: must not block.
@FunctionalInterface
public interface RpcObserver {

    void ended(CallRecord record);

    /// Tells both, in order.
    default RpcObserver and(RpcObserver other) {
        return record -> {
            ended(record);
            other.ended(record);
        };
    }
}
