package dev.vmcp.host.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessRoom;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Terminals;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A console room for one test, with shell scripts in the place of VMMs: `$1` is their `serial.in`,
/// `$2` their `serial.out`.
final class ConsoleRoom implements AutoCloseable {

    static final ConsoleLimits SMALL = new ConsoleLimits(1 << 16, 4, 1 << 16);

    final EventLoop loop = new EventLoop();
    private final ProcessRoom processes;
    private final Path directory;

    ConsoleRoom(Path directory) {
        this.directory = directory;
        this.processes = new ProcessRoom(directory);
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    Console open(String name, ConsoleLimits limits) {
        return new Consoles(loop, limits).open(directory.resolve(name));
    }

    /// The FIFOs of a launch.
    record Line(Path in, Path out) {
        void attachTo(Console console) {
            console.attach(new SerialPort.Pipes(in, out), Optional.empty());
        }
    }

    Line line(String name) {
        var line = new Line(directory.resolve(name + ".in"), directory.resolve(name + ".out"));
        Fifos.make(line.in(), 0);
        Fifos.make(line.out(), 0);
        return line;
    }

    OsProcess run(Line line, String script) {
        return processes.spawn(
                "/bin/sh", "-ec", script, "sh", line.in().toString(), line.out().toString());
    }

    /// Runs the script on a terminal and the FIFO of the line.
    SerialPort run(Line line, Terminals.Pair terminal, String script) {
        var port = new SerialPort.TerminalAndPipe(terminal.path(), line.out());
        var descriptors = List.of(terminal.master(), terminal.other());
        processes.spawn(port, descriptors, "/bin/sh", "-ec", script);
        return port;
    }

    /// Runs the script to its end.
    void finish(Line line, String script) throws InterruptedException {
        assertThat(run(line, script).await(soon())).isPresent();
    }

    /// What is printed from `from` until the position `until`, which it waits for.
    static String follow(Console console, long from, long until) throws InterruptedException {
        var text = new ByteArrayOutputStream();
        follow(console, from, until, text::writeBytes);
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    static void follow(Console console, long from, long until, Consumer<byte[]> reader)
            throws InterruptedException {
        var cursor = from;
        while (cursor < until) {
            console.awaitBeyond(cursor, soon());
            var chunk = console.read(cursor, 1 << 20);
            var bytes = new byte[chunk.data().remaining()];
            chunk.data().get(bytes);
            assertThat(chunk.gap()).as("gap at %d", cursor).isZero();
            assertThat(bytes).as("nothing beyond %d of %d", cursor, until).isNotEmpty();
            reader.accept(bytes);
            cursor = chunk.next();
        }
    }

    static String text(Console.Chunk chunk) {
        return StandardCharsets.ISO_8859_1.decode(chunk.data().duplicate()).toString();
    }

    @Override
    public void close() {
        processes.close();
        loop.close();
    }
}
