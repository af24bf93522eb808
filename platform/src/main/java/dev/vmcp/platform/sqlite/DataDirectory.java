package dev.vmcp.platform.sqlite;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The directory that holds all state of one process, locked against a second one.
///
/// It is made with mode 0711: nobody else may list it, but VMMs that run as their own users must
/// pass through it to what is theirs. So whatever is put in it has a mode of its own.
public final class DataDirectory implements AutoCloseable {
    /// A POSIX lock belongs to the process and is lost when *any* descriptor of the file is closed,
    /// so this process must not even open a lock file that it holds.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /// Creates the directory if it is absent, and locks it until [#close] or the end of the
    /// process.
    ///
    /// @throws StoreException when another process holds it (named by its pid), or when it cannot
    ///   be made or written
    public static DataDirectory open(Path directory) {
        try {
            var path = create(directory);
            if (!HELD.add(path)) {
                throw inUse(path, ProcessHandle.current().pid() + " (this one)");
            }
            try {
                return new DataDirectory(path, lock(path));
            } catch (IOException | RuntimeException e) {
                HELD.remove(path);
                throw e;
            }
        } catch (IOException e) {
            throw new StoreException("data directory " + directory + ": " + e, e, false);
        }
    }

    /// Its path, absolute and without symbolic links.
    public Path path() {
        return path;
    }

    /// A directory in it, made with these permissions (as in `rwx--x--x`) if it is absent.
    public Path directory(String name, String permissions) {
        var child = path.resolve(name);
        try {
            make(child, permissions);
            return child;
        } catch (IOException e) {
            throw new StoreException("directory " + child + ": " + e, e, false);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new StoreException("unlock " + path + ": " + e, e, false);
        } finally {
            HELD.remove(path);
        }
    }

    private static Path create(Path directory) throws IOException {
        var parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        make(directory, "rwx--x--x");
        return directory.toRealPath();
    }

    private static void make(Path directory, String permissions) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Files.createDirectory(directory);
        // Set afterwards: the umask cuts what is asked at creation.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    private static FileChannel lock(Path path) throws IOException {
        var file = path.resolve("lock");
        var channel = FileChannel.open(file, READ, WRITE, CREATE);
        try {
            var held = channel.tryLock();
            if (held == null) {
                throw inUse(path, holder(channel));
            }
            channel.truncate(0);
            var pid = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        var pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    private static StoreException inUse(Path path, String pid) {
        return new StoreException("data directory " + path + " is in use by process " + pid, false);
    }
}
