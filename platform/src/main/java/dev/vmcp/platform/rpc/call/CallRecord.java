package dev.vmcp.platform.rpc.call;

import io.grpc.Context;
import io.grpc.Status;
import java.time.Duration;

/// How one call ended.
///
/// @param procedure `package.Service/Method`
/// @param context what [RpcObserver#began] made of the call's
/// @param duration from the arrival of the request's head to the end of the answer's making
public record CallRecord(
        String procedure,
        RpcProtocol protocol,
        Status.Code code,
        Duration duration,
        String requestId,
        Context context) {}
