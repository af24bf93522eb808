package dev.vmcp.platform.rpc.call;

import io.grpc.Context;
import io.grpc.Metadata;

/// Told about each call, when it begins and once when it has ended; to log, to trace and to measure
/// with. Called on whatever thread began or ended the call, an event loop too: must not block.
@FunctionalInterface
public interface RpcObserver {

    void ended(CallRecord record);

    /// Told before the handler starts; returns the context that the handler runs in and that
    /// [CallRecord#context] has.
    default Context began(CallInfo info, Metadata headers, Context context) {
        return context;
    }

    /// Tells both, in order.
    default RpcObserver and(RpcObserver other) {
        var first = this;
        return new RpcObserver() {
            @Override
            public Context began(CallInfo info, Metadata headers, Context context) {
                return other.began(info, headers, first.began(info, headers, context));
            }

            @Override
            public void ended(CallRecord record) {
                first.ended(record);
                other.ended(record);
            }
        };
    }
}
