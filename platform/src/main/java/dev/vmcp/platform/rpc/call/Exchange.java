package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.rpc.codec.MessageCodec;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;

/// All that is known of a call before its first message.
///
/// @param timeoutNanos what the caller gives us, or [#NO_TIMEOUT]
/// @param compress whether the caller takes gzip
/// @param started `System.nanoTime()` at the arrival of the head
public record Exchange<Q, R>(
        Procedure<Q, R> procedure,
        CallPolicy policy,
        ServiceRequestContext transport,
        CallInfo info,
        Metadata metadata,
        MessageCodec codec,
        long timeoutNanos,
        boolean compress,
        long started) {

    public static final long NO_TIMEOUT = -1;

    /// Tells the observer that the call begins; returns the context of its handler.
    Context began() {
        return policy.observer().began(info, metadata, Context.ROOT.withValue(CallInfo.KEY, info));
    }

    /// Tells the observer of a call that ends before it reaches a handler.
    public void refused(Status status) {
        ended(status, began());
    }

    /// Tells the observer that the call has ended.
    ///
    /// @param context as [RpcObserver#began] made it
    void ended(Status status, Context context) {
        policy.observer()
                .ended(
                        new CallRecord(
                                info.procedure(),
                                info.protocol(),
                                status.getCode(),
                                Duration.ofNanos(System.nanoTime() - started),
                                info.requestId(),
                                context));
    }
}
