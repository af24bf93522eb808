package dev.vmcp.host.disk;

import dev.vmcp.host.disk.FileFacts.Kind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The regular files and block devices that a process has open, as the kernel tells: what an
/// adopted VMM really uses, though its paths may lead elsewhere by now.
public final class OpenFiles {

    private OpenFiles() {}

    /// Empty when the process is gone.
    public static List<FileUse> of(long pid) {
        var uses = new ArrayList<FileUse>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (var descriptor : descriptors) {
                use(pid, descriptor).ifPresent(uses::add);
            }
        } catch (IOException | DirectoryIteratorException _) {
            return List.copyOf(uses);
        }
        return List.copyOf(uses);
    }

    private static Optional<FileUse> use(long pid, Path descriptor) {
        try {
            var facts = FileFacts.ofTarget(descriptor);
            if (facts.kind() != Kind.REGULAR && facts.kind() != Kind.BLOCK_DEVICE) {
                return Optional.empty();
            }
            var name = Files.readSymbolicLink(descriptor).toString();
            var way = way(Path.of("/proc/" + pid + "/fdinfo/" + descriptor.getFileName()));
            return Optional.of(new FileUse(facts.id(), name, way));
        } catch (IOException _) {
            // Closed meanwhile.
            return Optional.empty();
        }
    }

    /// From the `flags` of open(2), which proc(5) writes in octal.
    private static FileUse.Way way(Path info) throws IOException {
        for (var line : Files.readAllLines(info)) {
            if (line.startsWith("flags:")) {
                var flags = Integer.parseInt(line.substring(6).strip(), 8);
                if ((flags & 03) == 0) {
                    return FileUse.Way.READ;
                }
                return (flags & 02000) == 0 ? FileUse.Way.WRITE : FileUse.Way.APPEND;
            }
        }
        throw new IOException(info + " has no flags");
    }
}
