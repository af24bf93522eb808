package dev.vmcp.host.access;

import dev.vmcp.platform.rpc.call.Refusal;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;

/// Ends calls that are not let in.
final class Refusals {

    private static final Metadata.Key<String> CHALLENGE =
            Metadata.Key.of("www-authenticate", Metadata.ASCII_STRING_MARSHALLER);

    private Refusals() {}

    /// Says when to try again.
    static void overloaded(ServerCall<?, ?> call, String why, Duration retry) {
        end(call, Refusal.overloaded(why, retry));
    }

    static void unknown(ServerCall<?, ?> call, Status status) {
        var head = new Metadata();
        head.put(CHALLENGE, "Bearer");
        end(call, new Refusal(status, head, new Metadata()));
    }

    private static void end(ServerCall<?, ?> call, Refusal refusal) {
        call.sendHeaders(refusal.head());
        call.close(refusal.status(), refusal.trailers());
    }
}
