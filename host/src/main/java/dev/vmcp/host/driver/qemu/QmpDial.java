package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.process.OsProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Connects to the monitor of a QEMU that may not have made its socket yet.
///
/// The socket is reached through the process's working directory, because Java refuses unix socket
/// paths of 107 bytes and more. It has a backlog of one, so a connection once made is waited on and
/// never given up for another.
final class QmpDial implements AutoCloseable {

    static final String SOCKET = "qmp.sock";

    private static final Duration OFTEN = Duration.ofMillis(1);
    private static final Duration SELDOM = Duration.ofMillis(10);
    private static final int OFTEN_TIMES = 200;

    private final OsProcess process;
    private final AtomicReference<SocketChannel> open = new AtomicReference<>();
    private volatile boolean closed;

    QmpDial(OsProcess process) {
        this.process = process;
    }

    /// Tries until it succeeds, the process ends or this is closed.
    SocketChannel connect() throws IOException {
        var socket = Path.of("/proc/" + process.id().pid() + "/cwd/" + SOCKET);
        var address = UnixDomainSocketAddress.of(socket);
        for (var tries = 0; ; tries++) {
            awaitFile(socket);
            var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            open.set(channel);
            try {
                channel.connect(address);
                return channel;
            } catch (IOException e) {
                channel.close();
                if (closed || process.exit().isPresent()) {
                    throw e;
                }
            }
            LockSupport.parkNanos((tries < OFTEN_TIMES ? OFTEN : SELDOM).toNanos());
        }
    }

    /// Looking for the file costs a tenth of a connection that fails, and QEMU starts meanwhile.
    private void awaitFile(Path socket) {
        for (var tries = 0; !closed && process.exit().isEmpty(); tries++) {
            if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            LockSupport.parkNanos((tries < OFTEN_TIMES ? OFTEN : SELDOM).toNanos());
        }
    }

    /// Ends the dialling or the connection made.
    @Override
    public void close() {
        closed = true;
        var channel = open.get();
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing is lost: it is of no more use.
            }
        }
    }

    /// What can be seen from outside of a QEMU that says nothing, as the end of a sentence.
    static String whySilent(OsProcess process, CompletableFuture<SocketChannel> greeted) {
        if (state(process.id().pid()) == 'T') {
            return ": its process is stopped by a signal";
        }
        return greeted.isDone()
                ? ""
                : ": it is still starting, stuck, or another client holds its monitor";
    }

    private static char state(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException | IndexOutOfBoundsException e) {
            return '?';
        }
    }
}
