package dev.vmcp.platform.sqlite;

import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// The native library of SQLite's driver, unpacked once and kept.
///
/// Left alone the driver unpacks it into the machine's temporary directory at each start, which
/// takes most of the time of opening a database, and a process that is killed leaves it there for
/// ever.
final class NativeLibrary {
    private static final String PATH = "org.sqlite.lib.path";
    private static final String NAME = "org.sqlite.lib.name";

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static boolean chosen;

    private NativeLibrary() {}

    /// Has the driver load the library from this directory, which nothing else uses. Does nothing
    /// once a library was chosen, by an earlier call or by the operator's `org.sqlite.lib.path`, or
    /// when the driver brings none for this machine.
    static void keepIn(Path directory) throws IOException {
        LOCK.lock();
        try {
            if (!chosen && System.getProperty(PATH) == null) {
                choose(directory);
            }
            chosen = true;
        } finally {
            LOCK.unlock();
        }
    }

    private static void choose(Path directory) throws IOException {
        var resource =
                LibraryLoaderUtil.getNativeLibResourcePath()
                        + "/"
                        + LibraryLoaderUtil.getNativeLibName();
        var name = "sqlite-" + SQLiteJDBCLoader.getVersion() + ".so";
        clear(directory, name);
        if (Files.exists(directory.resolve(name)) || unpack(resource, directory, name)) {
            System.setProperty(PATH, directory.toString());
            System.setProperty(NAME, name);
        }
    }

    /// Other versions, and what a killed process had begun to unpack.
    private static void clear(Path directory, String but) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.filter(path -> !path.endsWith(but)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// The file has its name only when it is whole and on disk.
    private static boolean unpack(String resource, Path directory, String name) throws IOException {
        var part = directory.resolve(name + ".part");
        try (var library = NativeLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                return false;
            }
            Files.copy(library, part);
        }
        try (var channel = FileChannel.open(part, WRITE)) {
            channel.force(true);
        }
        Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        return true;
    }
}
