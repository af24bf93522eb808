package dev.vmcp.platform.rpc.call;

import java.util.concurrent.Executor;

/// What all calls of one server share.
///
/// @param messageLimit bytes of one message after decompression
/// @param compressFrom bytes from which an answer is compressed for callers that accept it
/// @param handlers starts a virtual thread for each task
public record CallPolicy(
        int messageLimit,
        int compressFrom,
        RpcObserver observer,
        OpenCalls open,
        Executor handlers) {}
