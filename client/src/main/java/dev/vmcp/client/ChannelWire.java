package dev.vmcp.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A plain TCP or unix socket. It never blocks but in its own selector, so that every wait has a
/// deadline, which a blocking unix socket cannot have.
final class ChannelWire implements Wire {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    private ChannelWire(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.selector = Selector.open();
        channel.configureBlocking(false);
        this.key = channel.register(selector, 0);
    }

    static ChannelWire unix(Path path, Deadline deadline) throws IOException {
        return connected(
                SocketChannel.open(StandardProtocolFamily.UNIX),
                UnixDomainSocketAddress.of(path),
                deadline);
    }

    /// Tries each address of `host` in turn.
    static ChannelWire tcp(String host, int port, Deadline deadline) throws IOException {
        IOException last = new IOException("no address");
        for (var address : InetAddress.getAllByName(host)) {
            try {
                var channel = SocketChannel.open();
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                return connected(channel, new InetSocketAddress(address, port), deadline);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static ChannelWire connected(
            SocketChannel channel, SocketAddress address, Deadline deadline) throws IOException {
        try {
            var wire = new ChannelWire(channel);
            if (!channel.connect(address)) {
                while (!channel.finishConnect()) {
                    wire.await(SelectionKey.OP_CONNECT, deadline);
                }
            }
            return wire;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        var buffer = ByteBuffer.wrap(into, offset, length);
        while (true) {
            var count = channel.read(buffer);
            if (count != 0) {
                return count;
            }
            await(SelectionKey.OP_READ, deadline);
        }
    }

    @Override
    public void write(byte[] bytes, Deadline deadline) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (true) {
            channel.write(buffer);
            if (!buffer.hasRemaining()) {
                return;
            }
            await(SelectionKey.OP_WRITE, deadline);
        }
    }

    @Override
    public boolean stale() {
        try {
            return channel.read(ByteBuffer.allocate(1)) != 0;
        } catch (IOException e) {
            return true;
        }
    }

    private void await(int operation, Deadline deadline) throws IOException {
        if (deadline.passed()) {
            throw new SocketTimeoutException("deadline passed");
        }
        try {
            key.interestOps(operation);
            selector.select(deadline.millisLeft());
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw (IOException) new AsynchronousCloseException().initCause(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        selector.close();
    }
}
