package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.ThreadFactories;
import com.linecorp.armeria.common.util.TransportType;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The thread that accepts connections. It ends as soon as the server does, where Netty's own would
/// look two seconds for work that cannot come any more.
///
/// A class of its own, because Armeria ends the group that its listeners name as their own, which
/// is never one that wraps another.
final class Acceptors extends MultiThreadIoEventLoopGroup {
    private static final long LONGEST_SECONDS = 15;

    Acceptors(String name) {
        super(1, ThreadFactories.newThreadFactory(name, false), handlers());
    }

    private static IoHandlerFactory handlers() {
        return Flags.transportType() == TransportType.EPOLL
                ? EpollIoHandler.newFactory()
                : NioIoHandler.newFactory();
    }

    @Override
    public Future<?> shutdownGracefully() {
        return shutdownGracefully(0, LONGEST_SECONDS, TimeUnit.SECONDS);
    }
}
