package dev.vmcp.host.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How a stand-in answers. The test says it in a file beside the VMM's socket.
public enum Mood {
    /// As the real one does.
    FINE,
    /// Not at all.
    SILENT,
    /// Half of the answer.
    HALF,
    /// As if it had done it.
    LYING,
    /// Without an end.
    ENDLESS,
    /// With much that nobody asked for, without an end, in pieces that are fine each.
    CHATTY,
    /// A byte now and then.
    DRIPPING,
    /// In no protocol.
    MALFORMED;

    private static final String FILE = "stand-in.mood";
    private static final long NOW_AND_THEN = TimeUnit.MILLISECONDS.toNanos(50);

    private static int asked;

    /// What takes bytes.
    interface Sink {
        void take(byte[] bytes) throws IOException;
    }

    /// What may go on until nobody takes it any more.
    interface Deed {
        void act() throws IOException;
    }

    /// What the file in the working directory says now, after one request more.
    static Mood now() {
        try {
            var words = Files.readString(Path.of(FILE)).split(" ", -1);
            return asked++ < Integer.parseInt(words[1]) ? FINE : valueOf(words[0]);
        } catch (IOException | IllegalArgumentException e) {
            return FINE;
        }
    }

    static void standStill() {
        while (true) {
            LockSupport.park();
        }
    }

    static void forEver(Deed deed) throws IOException {
        while (true) {
            deed.act();
        }
    }

    /// Says the beginning, and spaces after it, a byte now and then.
    static void drip(byte[] beginning, Sink sink) throws IOException {
        for (var i = 0; ; i++) {
            sink.take(new byte[] {i < beginning.length ? beginning[i] : (byte) ' '});
            LockSupport.parkNanos(NOW_AND_THEN);
        }
    }

    /// Sets the mood of the stand-in of a launch.
    public void in(Path launchDirectory) throws IOException {
        in(launchDirectory, 0);
    }

    /// As [#in(Path)], once that many requests were answered well. For the first mood of a
    /// stand-in.
    public void in(Path launchDirectory, int after) throws IOException {
        var next = launchDirectory.resolve(FILE + ".next");
        Files.writeString(next, name() + " " + after);
        Files.move(next, launchDirectory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
