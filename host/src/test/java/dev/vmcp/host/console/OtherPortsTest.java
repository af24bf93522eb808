package dev.vmcp.host.console;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.PseudoTerminal;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Terminals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Consoles on pseudo-terminals, and on one FIFO.
final class OtherPortsTest {

    @TempDir Path directory;
    private ConsoleRoom room;
    private Console console;

    @BeforeEach
    void open() {
        room = new ConsoleRoom(directory);
        console = room.open("vm", ConsoleLimits.USUAL);
    }

    @AfterEach
    void close() {
        console.close();
        room.close();
    }

    @Test
    void everyByteCrossesATerminalUnchangedInBothDirections() throws Exception {
        var all = everyByte();
        try (var terminal = new PseudoTerminal()) {
            attach(terminal.port());

            terminal.print(all);
            assertThat(console.write(all, ConsoleRoom.soon())).isEqualTo(256);

            assertThat(ConsoleRoom.follow(console, 0, 256)).isEqualTo(new String(all, ISO_8859_1));
            Eventually.holds("all is there", () -> terminal.received().length() >= 256);
            assertThat(terminal.received()).isEqualTo(new String(all, ISO_8859_1));
            assertThat(console.end()).as("nothing is echoed").isEqualTo(256);
        }
    }

    @Test
    void moreThanATerminalHoldsPassesAsTheReaderReads() throws Exception {
        var much = "0123456789".repeat(30_000);
        try (var terminal = new PseudoTerminal();
                var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            attach(terminal.port());
            terminal.print(much.getBytes(US_ASCII));
            assertThat(ConsoleRoom.follow(console, 0, much.length())).isEqualTo(much);

            var writing =
                    writers.submit(
                            () -> console.write(much.getBytes(US_ASCII), ConsoleRoom.soon()));
            Eventually.holds("all is there", () -> terminal.received().length() >= much.length());

            assertThat(writing.get(20, TimeUnit.SECONDS)).isEqualTo(much.length());
            assertThat(terminal.received()).isEqualTo(much);
        }
    }

    @Test
    void aTerminalWhoseReaderSleepsTakesWhatFitsByTheDeadline() throws Exception {
        try (var terminal = new PseudoTerminal()) {
            attach(terminal.port());

            var taken = console.write(new byte[4 << 20], Deadline.in(Duration.ofMillis(50)));

            assertThat(taken).isPositive().isLessThan(4 << 20);
        }
    }

    @Test
    void aTerminalOutlivesItsReaderAndIsTakenUpAgain() throws Exception {
        try (var terminal = new PseudoTerminal()) {
            attach(terminal.port());
            terminal.print("before ".getBytes(US_ASCII));
            console.awaitBeyond(6, ConsoleRoom.soon());
            console.detach();
            attach(terminal.port());
            terminal.print("after".getBytes(US_ASCII));

            assertThat(ConsoleRoom.follow(console, 0, 12)).isEqualTo("before after");
        }
    }

    @Test
    @SuppressWarnings("try") // closing early is what is tested
    void aTerminalThatTheVmmClosedTakesNoMoreInputAndTheNextOneDoes() throws Exception {
        try (var first = new PseudoTerminal();
                var second = new PseudoTerminal()) {
            attach(first.port());
            first.hangUp();
            assertThatThrownBy(() -> console.write(new byte[1], ConsoleRoom.soon()))
                    .isInstanceOf(Console.NotWritable.class)
                    .hasMessage("the VMM has gone");

            attach(second.port());
            assertThat(console.write(new byte[] {'x'}, ConsoleRoom.soon())).isEqualTo(1);
            Eventually.holds("it arrives", () -> second.received().equals("x"));
        }
    }

    @Test
    void attachingManyTerminalsLeavesNoDescriptor() throws Exception {
        var before = descriptors();
        for (var i = 0; i < 50; i++) {
            try (var terminal = new PseudoTerminal()) {
                attach(terminal.port());
                console.detach();
            }
        }
        // The loop's thread and the class loader may have opened something meanwhile.
        assertThat(descriptors()).isLessThan(before + 25);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/null", "/dev/pts/../null", "/dev/pts/ptmx", "/dev/pts/99999999"})
    void whatIsNoTerminalIsNotOpened(String path) {
        assertThatThrownBy(() -> attach(new SerialPort.Terminal(Path.of(path))))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining(path);
    }

    @Test
    void aProgramOnATerminalAndAFifoIsSpokenToInBothDirections() throws Exception {
        SerialPort port;
        try (var terminal = Terminals.make()) {
            port = room.run(room.line("launch"), terminal, "exec cat");
        }
        attach(port);
        console.write("one\n".getBytes(US_ASCII), ConsoleRoom.soon());
        assertThat(ConsoleRoom.follow(console, 0, 4)).isEqualTo("one\n");
        console.detach();
        attach(port);
        console.write("two\n".getBytes(US_ASCII), ConsoleRoom.soon());
        assertThat(ConsoleRoom.follow(console, 4, 8)).isEqualTo("two\n");
    }

    @Test
    void oneFifoIsReadAndTakesNoInput() throws Exception {
        var line = room.line("launch");
        attach(new SerialPort.OutputPipe(line.out()));
        room.finish(line, "printf 'out only' > $2");

        assertThat(ConsoleRoom.follow(console, 0, 8)).isEqualTo("out only");
        assertThatThrownBy(() -> console.write(new byte[1], ConsoleRoom.soon()))
                .isInstanceOf(Console.NotWritable.class)
                .hasMessage("this backend takes no input");
        console.detach();
    }

    private void attach(SerialPort port) {
        console.attach(port, Optional.empty());
    }

    private static byte[] everyByte() {
        var all = new byte[256];
        for (var i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return all;
    }

    private static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
