package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/// The log of a Firecracker, in each file that `--log-path` names. Kept open, as Firecracker does.
final class OwnLog {

    private final List<PrintStream> files;

    OwnLog(Arguments arguments) {
        files = arguments.every("--log-path").stream().map(OwnLog::open).toList();
    }

    void say(String line) {
        for (var file : files) {
            file.println("2026-01-01T00:00:00.000000000 [anonymous-instance:main] " + line);
        }
    }

    private static PrintStream open(String path) {
        try {
            return new PrintStream(new FileOutputStream(path, true), true, UTF_8);
        } catch (FileNotFoundException e) {
            throw new UncheckedIOException(e);
        }
    }
}
