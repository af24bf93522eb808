package dev.vmcp.platform.rpc.call;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;

/// Why a call is not served, and what goes with it on the wire.
///
/// @param head before the answer
/// @param trailers after it
public record Refusal(Status status, Metadata head, Metadata trailers) {
    public static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);
    private static final String DOMAIN = "vmcp.dev";
    private static final String OVERLOADED = "OVERLOADED";

    /// Nothing but a status.
    public static Refusal of(Status status) {
        return new Refusal(status, new Metadata(), new Metadata());
    }

    /// `resource_exhausted` that says when to try again, as `google.rpc.RetryInfo` and as
    /// `Retry-After`.
    public static Refusal overloaded(String why, Duration retry) {
        var told =
                StatusProto.toStatusRuntimeException(
                        com.google.rpc.Status.newBuilder()
                                .setCode(Code.RESOURCE_EXHAUSTED.getNumber())
                                .setMessage(why + "; try again in " + seconds(retry) + " s")
                                .addDetails(
                                        Any.pack(
                                                ErrorInfo.newBuilder()
                                                        .setReason(OVERLOADED)
                                                        .setDomain(DOMAIN)
                                                        .build()))
                                .addDetails(
                                        Any.pack(
                                                RetryInfo.newBuilder()
                                                        .setRetryDelay(
                                                                Durations.fromNanos(
                                                                        retry.toNanos()))
                                                        .build()))
                                .build());
        var head = new Metadata();
        head.put(RETRY_AFTER, Long.toString(seconds(retry)));
        var trailers = told.getTrailers();
        return new Refusal(told.getStatus(), head, trailers == null ? new Metadata() : trailers);
    }

    /// Whole ones, as the header has them; 1 at least.
    public static long seconds(Duration time) {
        return Math.max(1, time.plusMillis(999).toSeconds());
    }
}
