package dev.vmcp.platform.rpc;

import dev.vmcp.platform.rpc.call.Seldom;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Meets each new connection before its first byte is read: finds out who came over a unix socket,
/// counts, and closes what is too many. Called on event loops.
final class Connections implements Consumer<ChannelPipeline> {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final int NETWORK_BYTES = 8;
    private static final int SILENCE_SECONDS = 60;

    private final ConnectionLimits limits;
    private final AtomicInteger near = new AtomicInteger();
    private final AtomicInteger far = new AtomicInteger();
    private final ConcurrentHashMap<ByteBuffer, Integer> byAddress = new ConcurrentHashMap<>();
    private final Seldom refusals = new Seldom();

    Connections(ConnectionLimits limits) {
        this.limits = limits;
    }

    @Override
    public void accept(ChannelPipeline pipeline) {
        var channel = pipeline.channel();
        if (channel instanceof EpollDomainSocketChannel unix && !identified(unix)) {
            return;
        }
        if (channel instanceof EpollSocketChannel tcp && !probed(tcp)) {
            return;
        }
        if (channel.remoteAddress() instanceof InetSocketAddress inet
                && inet.getAddress() != null
                && !inet.getAddress().isLoopbackAddress()) {
            admit(channel, network(inet.getAddress()));
        } else {
            admit(channel, near);
        }
    }

    /// A peer that is gone without a word is found out, also while a stream is silent.
    private static boolean probed(EpollSocketChannel channel) {
        try {
            channel.config()
                    .setKeepAlive(true)
                    .setTcpKeepIdle(SILENCE_SECONDS)
                    .setTcpKeepIntvl(SILENCE_SECONDS / 4)
                    .setTcpKeepCnt(4)
                    .setTcpUserTimeout(2 * SILENCE_SECONDS * 1000);
            return true;
        } catch (ChannelException e) {
            // It has hung up already, as scanners of ports do.
            var _ = channel.close();
            return false;
        }
    }

    private static boolean identified(EpollDomainSocketChannel channel) {
        try {
            UnixPeers.identify(channel);
            return true;
        } catch (IOException e) {
            // It has hung up already.
            var _ = channel.close();
            return false;
        }
    }

    private void admit(Channel channel, AtomicInteger count) {
        if (count.incrementAndGet() > limits.total()) {
            count.decrementAndGet();
            refuse(channel);
            return;
        }
        channel.closeFuture().addListener(_ -> count.decrementAndGet());
    }

    private void admit(Channel channel, ByteBuffer address) {
        int now = byAddress.merge(address, 1, Integer::sum);
        channel.closeFuture().addListener(_ -> leave(address));
        if (now > limits.perAddress()) {
            refuse(channel);
        } else {
            admit(channel, far);
        }
    }

    private void leave(ByteBuffer address) {
        byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }

    private void refuse(Channel channel) {
        var from = channel.remoteAddress();
        var _ = channel.close();
        if (refusals.again()) {
            LOG.atWarn()
                    .addKeyValue("event", "connections.full")
                    .addKeyValue("last_from", from)
                    .addKeyValue("refused", refusals.count())
                    .addKeyValue("open", near.get() + far.get())
                    .log("connections are turned away");
        }
    }

    /// Whose an address is. One caller may have a whole IPv6 network of 64 bits; over a unix socket
    /// it is a user.
    static Object caller(SocketAddress peer) {
        return switch (peer) {
            case UnixPeer unix -> unix.uid();
            case InetSocketAddress inet when inet.getAddress() != null ->
                    network(inet.getAddress());
            default -> peer;
        };
    }

    private static ByteBuffer network(InetAddress address) {
        var bytes = address.getAddress();
        return ByteBuffer.wrap(
                address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }

    /// How many addresses are known; for tests.
    int addresses() {
        return byAddress.size();
    }
}
