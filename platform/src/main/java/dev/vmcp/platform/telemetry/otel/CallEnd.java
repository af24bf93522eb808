package dev.vmcp.platform.telemetry.otel;

import dev.vmcp.platform.rpc.call.RpcProtocol;
import dev.vmcp.platform.rpc.connect.ConnectCode;
import io.grpc.Status.Code;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// How the end of a call shows in its span, after the semantic conventions for RPC. There are few,
/// made once.
///
/// @param failed whether the answer was another than ok; a refusal is a failure to us, also where
///   the conventions leave the status of its span unset
record CallEnd(StatusData status, Attributes attributes, boolean failed) {

    private static final AttributeKey<String> CONNECT_CODE =
            AttributeKey.stringKey("rpc.connect_rpc.error_code");
    private static final AttributeKey<Long> GRPC_CODE =
            AttributeKey.longKey("rpc.grpc.status_code");

    private static final Map<RpcProtocol, List<CallEnd>> ALL = all();

    static CallEnd of(RpcProtocol protocol, Code code) {
        var ofProtocol = ALL.get(protocol);
        if (ofProtocol == null) {
            throw new IllegalStateException("protocol: " + protocol + " (expected: a known one)");
        }
        return ofProtocol.get(code.value());
    }

    private static Map<RpcProtocol, List<CallEnd>> all() {
        var all = new EnumMap<RpcProtocol, List<CallEnd>>(RpcProtocol.class);
        for (var protocol : RpcProtocol.values()) {
            all.put(
                    protocol,
                    Arrays.stream(Code.values())
                            .map(code ->
                                    switch (protocol) {
                                        case CONNECT -> connect(code);
                                        case GRPC, GRPC_WEB -> grpc(code);
                                    })
                            .toList());
        }
        return all;
    }

    private static CallEnd connect(Code code) {
        return code == Code.OK
                ? new CallEnd(StatusData.unset(), Attributes.empty(), false)
                : new CallEnd(
                        StatusData.create(StatusCode.ERROR, ConnectCode.name(code)),
                        Attributes.of(CONNECT_CODE, ConnectCode.name(code)),
                        true);
    }

    private static CallEnd grpc(Code code) {
        return new CallEnd(
                isFault(code)
                        ? StatusData.create(StatusCode.ERROR, ConnectCode.name(code))
                        : StatusData.unset(),
                Attributes.of(GRPC_CODE, (long) code.value()),
                code != Code.OK);
    }

    /// What the conventions for gRPC count as a fault of the server; the rest is the caller's, and
    /// leaves the status unset.
    private static boolean isFault(Code code) {
        return switch (code) {
            case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS ->
                    true;
            case OK,
                    CANCELLED,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNAUTHENTICATED ->
                    false;
        };
    }
}
