package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vmcp.host.process.Libc;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.FunctionDescriptor;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/// MVisor 2.7: told by a machine file and by nothing after it. It prints its guest's output, shows
/// a VNC port on every address, and ends by signals only.
///
/// Its threads have the names of the real one's and wait as those do: the one for I/O for events
/// while the guest runs, all of them on locks for ever after a power-off. Its guest is the
/// boot-sector guest, which takes commands from the second sector of its disk.
final class MvisorStandIn {

    private static final int SECTOR = 512;
    private static final long TICK = Duration.ofMillis(55).toNanos();
    private static final String VNC = "5901";

    private final Arguments arguments;
    private final Port port = new Port(Port.NOTHING, System.out);
    private final SecureRandom random = new SecureRandom();
    private final CountDownLatch forEver = new CountDownLatch(1);
    private final Selector events;
    private volatile boolean off;
    private int last;

    MvisorStandIn(Arguments arguments) throws IOException {
        this.arguments = arguments;
        this.events = Selector.open();
    }

    void run() throws Exception {
        note();
        var pid = arguments.after("-pidfile").map(Path::of);
        if (pid.isPresent()) {
            Files.writeString(pid.get(), ProcessHandle.current().pid() + "\n");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> quit(pid.get())));
        }
        var file = Path.of(arguments.after("-c").orElse("../config/default.yaml"));
        if (!Files.isReadable(file)) {
            panic("core/machine.cc:42 Machine()", "failed to load config file: " + file);
        }
        var machine = MvisorMachine.parse(Files.readString(file));
        if (!Files.isReadable(Path.of(machine.firmware()))) {
            panic("core/configuration.cc:63 FindPath()", "Path not found " + machine.firmware());
        }
        if (machine.processors() != 1 && machine.processors() % 2 != 0) {
            panic("core/machine.cc:120 Machine()", "Assertion failed, num_vcpus_ % 2 == 0");
        }
        start("mvisor-iothread", this::serveEvents);
        for (var i = 1; i < machine.processors(); i++) {
            start("mvisor-vcpu-" + i, this::waitForEver);
        }
        start("mvisor-vcpu-0", () -> boot(machine.disks().getFirst()));
        showScreen();
        waitForEver();
    }

    private void note() throws IOException {
        var file = Path.of(arguments.after("-c").orElse(""));
        var text = Files.isReadable(file) ? Files.readString(file) : "";
        Requests.note(new Requests.Request("YAML", String.valueOf(file.getFileName()), text));
        Requests.note(new Requests.Request("ARGV", String.join(" ", arguments.all()), ""));
    }

    private static void start(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    private void waitForEver() {
        while (true) {
            try {
                forEver.await();
            } catch (InterruptedException _) {
                // Nobody means it.
            }
        }
    }

    private void showScreen() throws IOException {
        var server = ServerSocketChannel.open();
        try {
            var number = Integer.parseInt(arguments.after("-vnc").orElse(VNC));
            server.bind(new InetSocketAddress("0.0.0.0", number));
        } catch (IOException e) {
            panic("gui/vnc/server.cc:40 VncServer()", "failed to bind");
        }
    }

    private void serveEvents() {
        try {
            while (!off) {
                events.select();
            }
        } catch (IOException e) {
            System.err.println("iothread: " + e);
        }
        waitForEver();
    }

    /// Off is off: no thread moves any more, and nobody is told.
    private void powerOff() {
        off = true;
        events.wakeup();
        waitForEver();
    }

    private void boot(String disk) {
        try (var image = new RandomAccessFile(disk, "r")) {
            last = command(image);
            banner();
            while (true) {
                LockSupport.parkNanos(TICK);
                var mood = Mood.now();
                if (mood != Mood.FINE) {
                    misbehave(mood);
                }
                var command = command(image);
                if (command != last) {
                    last = command;
                    obey((char) (command >> 8), image);
                }
            }
        } catch (IOException e) {
            panic("images/raw.cc:50 RawImage()", "disk file: " + e.getMessage());
        } catch (TripleFault e) {
            say("core/vcpu.cc:606 Process() ", "KVM_EXIT_SHUTDOWN vcpu=0");
        }
    }

    private static final class TripleFault extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static int command(RandomAccessFile image) throws IOException {
        image.seek(SECTOR);
        return image.readUnsignedShort();
    }

    private void obey(char key, RandomAccessFile image) throws IOException {
        switch (key) {
            case 'N' -> banner();
            case 'P' -> powerOff();
            case 'R' -> {
                last = command(image);
                banner();
            }
            case 'C' -> throw new TripleFault();
            case 'H' -> waitForEver();
            case 'F' -> Mood.forEver(() -> print("vmcp tiny guest nonce="));
            default -> {}
        }
    }

    /// What a VMM that speaks no protocol can do to who looks at it.
    private void misbehave(Mood mood) throws IOException {
        switch (mood) {
            case FINE -> {}
            case SILENT, LYING -> powerOff();
            case HALF -> throw new TripleFault();
            case ENDLESS ->
                    Mood.forEver(() -> {
                        System.err.println("[0.1] core/vcpu.cc:1 X() error: " + "y".repeat(9999));
                        print("y".repeat(9999));
                    });
            case CHATTY -> Mood.forEver(() -> start("mvisor-vcpu-7", () -> {}));
            case DRIPPING ->
                    Mood.drip("[0.1] core/vcpu.cc:1".getBytes(ISO_8859_1), System.err::write);
            case MALFORMED -> {
                for (var i = 0; i < 500; i++) {
                    start(") S (\n" + i, this::waitForEver);
                }
                waitForEver();
            }
        }
    }

    private void banner() throws IOException {
        print("vmcp tiny guest nonce=%016x\r\n".formatted(random.nextLong()));
    }

    private void print(String text) throws IOException {
        port.print(text.getBytes(ISO_8859_1));
    }

    private static void say(String where, String words) {
        System.err.println("[0.100] " + where + words);
    }

    private static void panic(String where, String words) {
        say(where, " panic-error: " + words);
        var abort = Libc.bind("abort", FunctionDescriptor.ofVoid());
        var _ =
                Libc.call((_, errno) -> {
                    abort.invokeExact(errno);
                    return 0;
                });
    }

    private static void quit(Path pid) {
        try {
            Files.deleteIfExists(pid);
        } catch (IOException e) {
            System.err.println("pid file: " + e);
        }
        Runtime.getRuntime().halt(0);
    }
}
