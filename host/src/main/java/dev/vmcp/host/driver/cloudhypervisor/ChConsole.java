package dev.vmcp.host.driver.cloudhypervisor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Terminals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// The console of a launch: standard input of the VMM is a pseudo-terminal, of which a file in the
/// launch's directory tells later lives of ours; standard output is a FIFO.
///
/// The VMM's own `Pty` mode withholds output for 0.5 s after a boot and 1 s after a reboot, and
/// moves with each of them.
final class ChConsole {

    private static final String NOTE = "serial.tty";
    private static final Set<PosixFilePermission> ONLY_READ =
            PosixFilePermissions.fromString("r--------");

    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private ChConsole() {}

    static void lay(Launch launch) {
        Fifos.make(launch.serialOut(), launch.uid());
    }

    /// Remembers where the console is.
    static SerialPort note(Launch launch, Terminals.Pair terminal) throws IOException {
        var note = launch.directory().resolve(NOTE);
        try (var file =
                FileChannel.open(note, NEW, PosixFilePermissions.asFileAttribute(ONLY_READ))) {
            file.write(ByteBuffer.wrap(terminal.path().toString().getBytes(US_ASCII)));
        }
        return new SerialPort.TerminalAndPipe(terminal.path(), launch.serialOut());
    }

    /// Where it is, as noted. The directory belongs to the VMM's user, who could put another note
    /// there but none that only we may read.
    static Optional<SerialPort> find(Launch launch) {
        var note = launch.directory().resolve(NOTE);
        try {
            var whole = LinkOption.NOFOLLOW_LINKS;
            var ours =
                    Files.isRegularFile(note, whole)
                            && Files.getPosixFilePermissions(note, whole).equals(ONLY_READ)
                            && Files.getOwner(note, whole)
                                    .equals(Files.getOwner(Path.of("/proc/self")));
            if (!ours) {
                return Optional.empty();
            }
            var terminal = Path.of(Files.readString(note));
            return Terminals.named(terminal)
                    ? Optional.of(new SerialPort.TerminalAndPipe(terminal, launch.serialOut()))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
