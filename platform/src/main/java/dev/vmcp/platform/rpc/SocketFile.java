package dev.vmcp.platform.rpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of a unix socket: who may connect, and that none is left behind or in the way.
final class SocketFile {
    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path path;
    private final Path made;
    private final OptionalInt group;
    private @Nullable Object own;

    /// @param group whose members may connect beside the owner
    SocketFile(Path path, OptionalInt group) {
        this.path = path;
        this.made =
                path.resolveSibling(
                        "." + ProcessHandle.current().pid() + "." + COUNT.incrementAndGet());
        this.group = group;
    }

    Path path() {
        return path;
    }

    /// Where to listen: beside [#path], which is ours only once those who may not connect cannot,
    /// and only as long as nobody has taken our place.
    Path made() {
        return made;
    }

    /// Sees to it that the path is free; a socket that a crash left there may stay until [#open].
    ///
    /// @throws ListenException when somebody listens there, or what is there is no socket
    void makeRoom() {
        try {
            var parent = path.toAbsolutePath().getParent();
            if (parent != null && !Files.exists(parent)) {
                Files.createDirectories(parent);
            }
            Files.deleteIfExists(made);
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!attributes(path).isOther()) {
                throw new IOException("a file that is no socket is there");
            }
            if (answers()) {
                throw new IOException("another process listens there");
            }
        } catch (IOException e) {
            throw new ListenException("cannot listen on " + path + ": " + e.getMessage(), e);
        }
    }

    private boolean answers() {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    /// Lets those connect who may, and nobody else.
    void open() {
        try {
            if (group.isPresent()) {
                Files.setAttribute(made, "unix:gid", group.getAsInt());
            }
            Files.setPosixFilePermissions(
                    made,
                    PosixFilePermissions.fromString(group.isPresent() ? "rw-rw----" : "rw-------"));
            own = attributes(made).fileKey();
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ListenException("cannot set who may use " + path + ": " + e.getMessage(), e);
        }
    }

    /// Removes the file, unless another one is there by now.
    void remove() {
        try {
            if (own != null
                    && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && own.equals(attributes(path).fileKey())) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.atWarn()
                    .addKeyValue("socket", path)
                    .addKeyValue("error", e.getMessage())
                    .log("a socket could not be removed");
        }
    }

    private BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
