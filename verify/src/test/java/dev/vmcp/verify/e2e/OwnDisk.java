package dev.vmcp.verify.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.verify.harness.HostProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file system of its own for a data directory, in a mount namespace that goes with it.
final class OwnDisk implements AutoCloseable {

    private final Process holder;
    private final Path directory;

    private OwnDisk(Process holder, Path directory) {
        this.holder = holder;
        this.directory = directory;
    }

    /// @param mount a shell command that mounts it on `$1`
    static OwnDisk on(Path directory, String mount) {
        assumeTrue("root".equals(System.getProperty("user.name")), "mount namespaces need root");
        try {
            Files.createDirectories(directory);
            var line = mount + " && echo mounted && exec cat";
            var holder =
                    new ProcessBuilder(
                                    List.of(
                                            "unshare",
                                            "--mount",
                                            "sh",
                                            "-c",
                                            line,
                                            "sh",
                                            directory.toString()))
                            .redirectErrorStream(true)
                            .start();
            var said = holder.inputReader(StandardCharsets.UTF_8).readLine();
            assumeTrue("mounted".equals(said), () -> "no file system of its own: " + said);
            return new OwnDisk(holder, directory);
        } catch (IOException e) {
            throw new UncheckedIOException("a disk on " + directory, e);
        }
    }

    /// A host that sees it.
    HostProcess.As host() {
        return new HostProcess.As(
                List.of("nsenter", "--mount=/proc/" + holder.pid() + "/ns/mnt"),
                HostProcess.As.USUAL.program());
    }

    /// Runs a shell command in there; `$1` is where the file system is mounted.
    Command.Result run(String line) {
        return Command.run(
                "nsenter",
                "--mount=/proc/" + holder.pid() + "/ns/mnt",
                "sh",
                "-c",
                line,
                "sh",
                directory.toString());
    }

    /// Writes to the last byte.
    void fill() {
        var _ = run("cat /dev/zero > \"$1/filler\" 2> /dev/null; sync");
    }

    void makeRoom() {
        var _ = run("rm \"$1/filler\"").good();
    }

    @Override
    public void close() {
        try {
            holder.getOutputStream().close();
            var _ = holder.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
