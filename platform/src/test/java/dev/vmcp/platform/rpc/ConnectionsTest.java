package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class ConnectionsTest {
    private static final int TOTAL = 8;
    private static final int PER_ADDRESS = 3;

    private static Rig rig(InetAddress address) {
        return new Rig(builder ->
                builder.bind(address.getHostAddress(), 0)
                        .gate(RequestGate.open())
                        .connections(new ConnectionLimits(TOTAL, PER_ADDRESS)));
    }

    /// Whether it is served; a connection that is turned away ends without an answer.
    private static boolean isServed(Socket socket) {
        try {
            var request = "GET /none HTTP/1.1\r\nhost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() == 'H';
        } catch (IOException e) {
            return false;
        }
    }

    private static Socket dial(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout(20_000);
        socket.connect(address, 20_000);
        return socket;
    }

    /// Opens connections and keeps those that are served.
    private static List<Socket> held(InetSocketAddress address, int count) throws IOException {
        var held = new ArrayList<Socket>();
        for (int i = 0; i < count; i++) {
            var socket = dial(address);
            if (isServed(socket)) {
                held.add(socket);
            } else {
                socket.close();
            }
        }
        return held;
    }

    private static boolean grows(List<Socket> held, InetSocketAddress address) {
        try {
            return held.addAll(held(address, 1));
        } catch (IOException e) {
            return false;
        }
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
    }

    @Test
    void whoHasHungUpAlreadyIsNoFailure() throws Exception {
        var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            var channel = new EpollSocketChannel();
            loops.register(channel).sync();
            channel.close().sync();
            var connections = new Connections(new ConnectionLimits(1, 1));
            assertThatCode(() -> connections.accept(channel.pipeline())).doesNotThrowAnyException();
            assertThat(connections.addresses()).isZero();
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
    }

    private static Optional<InetAddress> beyondLoopback() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(one -> !one.isLoopbackAddress() && !one.isLinkLocalAddress())
                .filter(one -> one.getAddress().length == 4)
                .findFirst();
    }

    @Test
    void oneMoreConnectionThanThereMayBeIsClosedAndOneThatEndsMakesRoom() throws Exception {
        try (var rig = rig(InetAddress.getLoopbackAddress())) {
            var address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), rig.server.port());
            var held = held(address, TOTAL + 4);
            assertThat(held).hasSize(TOTAL);

            held.removeLast().close();
            assertThat(Rig.soon(() -> held.size() == TOTAL || grows(held, address))).isTrue();
            close(held);
        }
    }

    @Test
    void oneAddressOfTheNetworkGetsNoMoreThanItsShareAndKeepsNobodyOut() throws Exception {
        var network = beyondLoopback();
        Assumptions.assumeTrue(network.isPresent(), "no address but loopback");
        try (var rig = rig(network.get())) {
            var listeners =
                    rig.server.addresses().stream().map(InetSocketAddress.class::cast).toList();
            var open = new ArrayList<Socket>();
            for (var listener : listeners) {
                boolean near = listener.getAddress().isLoopbackAddress();
                var held = held(listener, TOTAL);
                open.addAll(held);
                assertThat(held).hasSize(near ? TOTAL : PER_ADDRESS);
            }
            close(open);
        }
    }

    @Test
    void aConnectionIsAskedWhetherItsPeerIsStillThere() throws Exception {
        try (var rig = rig(InetAddress.getLoopbackAddress())) {
            var held =
                    held(
                            new InetSocketAddress(
                                    InetAddress.getLoopbackAddress(), rig.server.port()),
                            1);
            var list =
                    new ProcessBuilder("ss", "-Htno", "sport", "=", ":" + rig.server.port())
                            .redirectErrorStream(true)
                            .start();
            assertThat(new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("timer:(keepalive,");
            close(held);
        }
    }
}
