package dev.vmcp.platform.rpc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.net.SocketAddress;
import java.util.Arrays;

/// Asks the kernel who has connected to a unix socket, once for each connection.
final class UnixPeers {
    private static final AttributeKey<UnixPeer> KEY = AttributeKey.valueOf(UnixPeers.class, "peer");
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERGROUPS = 59;
    private static final int USUAL_GROUPS = 32;
    private static final MethodHandle GETSOCKOPT =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("getsockopt"),
                            FunctionDescriptor.of(
                                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private UnixPeers() {}

    /// Keeps who is at the other end of a new connection.
    ///
    /// @throws IOException when the kernel does not say
    static void identify(EpollDomainSocketChannel channel) throws IOException {
        var credentials = channel.peerCredentials();
        var own = credentials.gids();
        var more = groups(channel.fd().intValue());
        var all = Arrays.copyOf(own, own.length + more.length);
        System.arraycopy(more, 0, all, own.length, more.length);
        channel.attr(KEY).set(new UnixPeer(credentials.pid(), credentials.uid(), all));
    }

    /// The address of a request's caller: a [UnixPeer] over a unix socket.
    static SocketAddress of(ServiceRequestContext context) {
        var remote = context.remoteAddress();
        if (!(remote instanceof DomainSocketAddress)) {
            return remote;
        }
        var channel = context.log().partial().channel();
        var peer = channel == null ? null : channel.attr(KEY).get();
        if (peer == null) {
            throw new IllegalStateException("peer: none (expected: one for each connection)");
        }
        return peer;
    }

    private static int[] groups(int descriptor) throws IOException {
        int room = USUAL_GROUPS;
        try (var arena = Arena.ofConfined()) {
            // The kernel says how many there are when they do not fit.
            for (int attempt = 0; attempt < 2; attempt++) {
                var groups = arena.allocate(JAVA_INT, room);
                var size = arena.allocateFrom(JAVA_INT, room * Integer.BYTES);
                int status =
                        (int)
                                GETSOCKOPT.invokeExact(
                                        descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, size);
                int count = size.get(JAVA_INT, 0) / Integer.BYTES;
                if (status == 0) {
                    return groups.asSlice(0, (long) count * Integer.BYTES).toArray(JAVA_INT);
                }
                room = count;
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("getsockopt: " + e + " (expected: a status)", e);
        }
        throw new IOException("the groups of a peer cannot be read");
    }
}
