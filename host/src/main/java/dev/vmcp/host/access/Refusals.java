package dev.vmcp.host.access;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;

/// Ends calls that are not let in.
final class Refusals {

    private static final String DOMAIN = "vmcp.dev";
    private static final String OVERLOADED = "OVERLOADED";
    private static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CHALLENGE =
            Metadata.Key.of("www-authenticate", Metadata.ASCII_STRING_MARSHALLER);

    private Refusals() {}

    /// Says when to try again, as `google.rpc.RetryInfo` and as `Retry-After`.
    static void overloaded(ServerCall<?, ?> call, String why, Duration retry) {
        var status =
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
                                                .setRetryDelay(Durations.fromNanos(retry.toNanos()))
                                                .build()))
                        .build();
        var told = StatusProto.toStatusRuntimeException(status);
        var trailers = told.getTrailers();
        end(
                call,
                RETRY_AFTER,
                Long.toString(seconds(retry)),
                told.getStatus(),
                trailers == null ? new Metadata() : trailers);
    }

    static void unknown(ServerCall<?, ?> call, Status status) {
        end(call, CHALLENGE, "Bearer", status, new Metadata());
    }

    private static void end(
            ServerCall<?, ?> call,
            Metadata.Key<String> header,
            String value,
            Status status,
            Metadata trailers) {
        var head = new Metadata();
        head.put(header, value);
        call.sendHeaders(head);
        call.close(status, trailers);
    }

    /// Whole ones, as the header has them; 1 at least.
    static long seconds(Duration time) {
        return Math.max(1, time.plusMillis(999).toSeconds());
    }
}
