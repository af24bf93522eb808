package dev.vmcp.platform.rpc.call;

import io.grpc.Context;
import java.net.SocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What the wire tells about a call. Handlers and interceptors find it in the `io.grpc.Context`.
///
/// @param procedure `package.Service/Method`
/// @param httpMethod `POST`, or `GET` for a Connect GET
/// @param query the raw query of the URL, empty if none
/// @param requestId the caller's `x-request-id` when it is sane, else a new one; also in the answer
/// @param peer the caller's address
/// @param tls the session when the caller came over TLS; it holds a verified client certificate
public record CallInfo(
        String procedure,
        RpcProtocol protocol,
        String httpMethod,
        String query,
        String requestId,
        SocketAddress peer,
        @Nullable SSLSession tls) {

    public static final Context.Key<CallInfo> KEY = Context.key("call-info");

    /// The call that the current `io.grpc.Context` belongs to; empty outside of calls.
    public static Optional<CallInfo> current() {
        return Optional.ofNullable(KEY.get());
    }
}
