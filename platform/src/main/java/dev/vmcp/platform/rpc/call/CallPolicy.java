package dev.vmcp.platform.rpc.call;

import java.time.Duration;
import java.util.concurrent.Executor;

/// What all calls of one server share.
///
/// @param messageLimit bytes of one message after decompression
/// @param bodyTimeout how long a caller may take to send a message, once it is awaited or has begun
/// @param compressFrom bytes from which an answer is compressed for callers that accept it
/// @param bodies what requests may fill
/// @param handlers starts a virtual thread for each task
public record CallPolicy(
        int messageLimit,
        Duration bodyTimeout,
        int compressFrom,
        RpcObserver observer,
        OpenCalls open,
        BodyBudget bodies,
        Executor handlers) {

    /// The same with another limit of messages.
    public CallPolicy withLimit(int bytes) {
        return new CallPolicy(bytes, bodyTimeout, compressFrom, observer, open, bodies, handlers);
    }
}
