package dev.vmcp.host.access;

import dev.vmcp.platform.telemetry.SafeText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that only grows: one JSON object a line for each change and each refusal. At its limit it
/// is renamed to `<name>.1`, and the ones before it move up; [#KEPT] of them are kept. Safe for use
/// by many threads.
final class AuditLog implements AutoCloseable {

    static final int KEPT = 4;

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private final Path path;
    private final long limit;
    private final ReentrantLock lock = new ReentrantLock();
    private FileChannel file;

    /// @param limit bytes of one file
    AuditLog(Path path, long limit) {
        this.path = path;
        this.limit = limit;
        this.file = open(path);
    }

    private static FileChannel open(Path path) {
        var options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            return FileChannel.open(path, options, owner);
        } catch (IOException e) {
            throw new UncheckedIOException("audit log " + path, e);
        }
    }

    /// Appends one line. A line that cannot be written is logged instead: what it tells of has
    /// happened already. The next one is tried again.
    void append(Map<String, String> entry) {
        var line = line(entry);
        lock.lock();
        try {
            if (!file.isOpen()) {
                file = open(path);
            }
            if (file.size() + line.remaining() > limit && file.size() > 0) {
                rotate();
            }
            while (line.hasRemaining()) {
                file.write(line);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.atError()
                    .addKeyValue("event", "audit.unwritable")
                    .addKeyValue("entry", entry)
                    .addKeyValue("error", e.getMessage())
                    .log("the audit log cannot be written");
        } finally {
            lock.unlock();
        }
    }

    /// As in the logs, nothing in a value can end the line, for whatever reads it, or move a
    /// cursor.
    private static ByteBuffer line(Map<String, String> entry) {
        var text = new StringBuilder(256);
        for (var field : entry.entrySet()) {
            text.append(text.isEmpty() ? '{' : ',');
            SafeText.quote(text, field.getKey());
            text.append(':');
            SafeText.quote(text, field.getValue());
        }
        return ByteBuffer.wrap(text.append("}\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    private void rotate() throws IOException {
        file.force(true);
        file.close();
        for (int age = KEPT - 1; age >= 1; age--) {
            var older = numbered(age);
            if (Files.exists(older)) {
                Files.move(older, numbered(age + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(path, numbered(1), StandardCopyOption.REPLACE_EXISTING);
        file = open(path);
    }

    private Path numbered(int age) {
        return path.resolveSibling(path.getFileName() + "." + age);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            file.force(true);
            file.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("the audit log could not be closed");
        } finally {
            lock.unlock();
        }
    }
}
