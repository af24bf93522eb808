package dev.vmcp.host.access;

import dev.vmcp.core.access.Caller;
import dev.vmcp.platform.rpc.UnixPeer;
import dev.vmcp.platform.rpc.call.CallInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Finds out who calls. What a caller shows counts before where it calls from: a wrong token is
/// wrong on loopback, too. Over a unix socket the kernel says who calls.
public final class Access {

    private static final String BEARER = "bearer ";

    private final AccessPolicy policy;
    private final Tokens tokens;

    public Access(AccessPolicy policy, Tokens tokens) {
        this.policy = policy;
        this.tokens = tokens;
    }

    /// @param authorization the header, empty where there is none
    Caller of(CallInfo call, String authorization) {
        return of(call.peer(), call.tls(), authorization);
    }

    /// @param tls the session of a caller over TLS
    Caller of(SocketAddress peer, @Nullable SSLSession tls, String authorization) {
        if (!authorization.isEmpty()) {
            return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? tokens.caller(authorization.substring(BEARER.length()).strip())
                    : new Caller.Unknown("Authorization is not `Bearer <token>`");
        }
        if (tls != null) {
            try {
                return new Caller.Certified(tls.getPeerPrincipal().getName());
            } catch (SSLPeerUnverifiedException e) {
                // TLS without a certificate of the caller's: it may still be trusted otherwise.
            }
        }
        if (peer instanceof UnixPeer unix) {
            return policy.admits(unix)
                    ? new Caller.User(unix.uid())
                    : new Caller.Unknown("user " + unix.uid() + " may not use this socket");
        }
        if (policy.trustLocal() && isLocal(peer)) {
            return new Caller.Local();
        }
        return policy.open() ? new Caller.Anyone() : new Caller.Unknown("no token was shown");
    }

    private static boolean isLocal(SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && inet.getAddress().isLoopbackAddress();
    }
}
