package dev.vmcp.host.vmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// One HTTP request on a unix socket that hands open descriptors over with it, which the JDK's
/// channels cannot.
final class HandoverCall {

    private HandoverCall() {}

    /// @throws IOException when the VMM is not there, hangs up or answers nonsense, or `pause` says
    ///   that it is over
    static RestAnswer exchange(
            Path socket, ByteBuffer request, List<Integer> descriptors, PassingChannel.Pause pause)
            throws IOException {
        try (var channel = PassingChannel.dial(socket, pause)) {
            channel.send(request, descriptors);
            return RestAnswer.read(channel);
        }
    }
}
