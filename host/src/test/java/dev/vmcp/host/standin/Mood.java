package dev.vmcp.host.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

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
    /// In no protocol.
    MALFORMED;

    private static final String FILE = "stand-in.mood";

    /// What the file in the working directory says now.
    static Mood now() {
        try {
            return valueOf(Files.readString(Path.of(FILE)).strip());
        } catch (IOException | IllegalArgumentException e) {
            return FINE;
        }
    }

    /// Sets the mood of the stand-in of a launch.
    public void in(Path launchDirectory) throws IOException {
        var next = launchDirectory.resolve(FILE + ".next");
        Files.writeString(next, name());
        Files.move(next, launchDirectory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
