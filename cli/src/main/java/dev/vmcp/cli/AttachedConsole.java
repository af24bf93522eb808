package dev.vmcp.cli;

import com.google.protobuf.ByteString;
import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.ReadConsoleResponse;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.cli.terminal.RawMode;
import dev.vmcp.cli.terminal.Terminal;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.ServerStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A console that a person or a pipe is attached to: what the guest prints is printed as it comes,
/// what is typed is sent. HTTP/1.1 has no two-way streams, so input goes by calls of its own.
final class AttachedConsole {
    private static final int ESCAPE = 0x1d;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);
    private static final int MOST_TRIES = 250;

    private final HostClient client;
    private final String vm;
    private final Terminal terminal;
    private final AtomicReference<@Nullable CallFailed> inputFailure = new AtomicReference<>();

    AttachedConsole(HostClient client, String vm, Terminal terminal) {
        this.client = client;
        this.vm = vm;
        this.terminal = terminal;
    }

    /// Returns when the person leaves or the host ends the stream.
    ///
    /// @param from a position, or less than 0 for that many bytes before the end
    void run(long from) {
        var request =
                ReadConsoleRequest.newBuilder().setVmId(vm).setCursor(from).setFollow(true).build();
        try (var stream = client.readConsole(request)) {
            if (terminal.inputIsTerminal()) {
                note("attached to " + Terminal.harmless(vm) + "; leave with Ctrl-]");
                try (var _ = RawMode.enter()) {
                    join(stream);
                }
                note("left " + Terminal.harmless(vm));
            } else {
                join(stream);
            }
        } catch (IOException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        var failure = inputFailure.get();
        if (failure != null) {
            throw failure;
        }
    }

    private void join(ServerStream<ReadConsoleResponse> stream) {
        Thread.ofVirtual().name("console-input").start(() -> sendInput(stream));
        for (var next = stream.next(); next.isPresent(); next = stream.next()) {
            print(next.get());
        }
    }

    private void print(ReadConsoleResponse printed) {
        if (printed.getGapBytes() > 0) {
            note(printed.getGapBytes() + " bytes are lost");
        }
        var bytes = printed.getData().toByteArray();
        terminal.out().write(bytes, 0, bytes.length);
        terminal.out().flush();
    }

    private void sendInput(ServerStream<ReadConsoleResponse> stream) {
        var buffer = new byte[4_096];
        try {
            for (var n = terminal.in().read(buffer); n >= 0; n = terminal.in().read(buffer)) {
                var escape = terminal.inputIsTerminal() ? indexOfEscape(buffer, n) : -1;
                send(ByteString.copyFrom(buffer, 0, escape < 0 ? n : escape));
                if (escape >= 0) {
                    stream.close();
                    return;
                }
            }
        } catch (CallFailed failure) {
            inputFailure.set(failure);
            stream.close();
        } catch (IOException | InterruptedException _) {
            stream.close();
        }
    }

    /// Sends all of it, in as many calls as the guest's serial port takes.
    private void send(ByteString all) throws InterruptedException {
        var left = all;
        for (var tries = 0; !left.isEmpty(); tries++) {
            var request = WriteConsoleRequest.newBuilder().setVmId(vm).setData(left).build();
            var written = client.writeConsole(request).getWritten();
            left = left.substring(Math.clamp(written, 0, left.size()));
            if (written > 0) {
                tries = 0;
            } else if (tries >= MOST_TRIES) {
                note("the guest does not read its console; input was dropped");
                return;
            } else if (!left.isEmpty()) {
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private static int indexOfEscape(byte[] bytes, int length) {
        for (var i = 0; i < length; i++) {
            if (bytes[i] == ESCAPE) {
                return i;
            }
        }
        return -1;
    }

    private void note(String text) {
        terminal.err().print("[" + text + "]\r\n");
        terminal.err().flush();
    }
}
