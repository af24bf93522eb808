package dev.vmcp.host.vmm;

import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.platform.lifecycle.CrashPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a launch leaves outside of its directory so that a VMM of another user reaches users'
/// files: bind mounts of single files, and entries in their access lists; and the control groups
/// that a VMM was put into.
///
/// Each is on disk in a manifest, `<launch id>.traces` beside the launch's directory, before it is
/// made. [#undo] takes all of it back, after a crash at any instant as well, and is to be called
/// before the directory is removed. Only files are mounted, never directories, so removing a
/// directory can never reach what a user owns.
public final class Traces {

    private static final String SUFFIX = ".traces";
    private static final Pattern LAUNCH = Pattern.compile("(l-[0-9a-f]{24})(\\..*)?");

    private final Path directory;

    /// @param directory of the launch
    public Traces(Path directory) {
        this.directory = directory;
    }

    /// The launch whose manifest a file of this name is, or else the name itself.
    public static String launchOf(String name) {
        var launch = LAUNCH.matcher(name);
        return launch.matches() && name.endsWith(SUFFIX) ? launch.group(1) : name;
    }

    /// As [#lend(UsersFile, Path, int, boolean)], of whatever has that name now.
    public void lend(Path file, Path target, int uid, boolean writable) throws IOException {
        try (var open = UsersFile.asNamed(file)) {
            lend(open, target, uid, writable);
        } catch (ProcessException e) {
            throw failed(file, e);
        }
    }

    /// Lets `uid` use a user's file in place, under the name `target` in the launch's directory.
    ///
    /// A block device gets a node of its own there. A file that this user could not open anyway
    /// gets an entry in its access list.
    ///
    /// @param uid 0 = ourselves, who need no entry
    /// @throws IOException when the host forbids it
    void lend(UsersFile file, Path target, int uid, boolean writable) throws IOException {
        try {
            if (file.block()) {
                node(file, target, uid);
                return;
            }
            var at = directory.relativize(target).toString();
            var records = new ArrayList<Map<String, Object>>();
            records.add(Map.of("mount", at));
            var entry = uid != 0 && !AccessEntries.isOpenToAll(file.descriptor(), writable);
            if (entry) {
                records.add(lentTo(uid, file, at));
            }
            Files.createFile(target);
            record(records);
            if (entry) {
                AccessEntries.lend(file.descriptor(), uid, writable);
                CrashPoint.reach("traces.lent");
            }
            // An entry says what is allowed, and can be taken back only through a writable mount.
            Mounts.bind(file.descriptor(), target, writable || entry);
            CrashPoint.reach("traces.mounted");
        } catch (ProcessException | IOException e) {
            throw failed(file.path(), e);
        }
    }

    /// As [#lend], but by a second name of the file, which a VMM that already runs in a mount
    /// namespace of its own sees too.
    ///
    /// @throws IOException as [#lend], and where file and launch lie in different file systems
    void link(UsersFile file, Path target, int uid, boolean writable) throws IOException {
        try {
            if (file.block()) {
                node(file, target, uid);
                return;
            }
            if (!AccessEntries.isOpenToAll(file.descriptor(), writable)) {
                var at = directory.relativize(target).toString();
                record(List.of(lentTo(uid, file, at)));
                AccessEntries.lend(file.descriptor(), uid, writable);
                CrashPoint.reach("traces.lent");
            }
            if (!Mounts.link(file.descriptor(), target)) {
                throw new IOException("it lies in another file system than the VM's directory");
            }
        } catch (ProcessException | IOException e) {
            throw failed(file.path(), e);
        }
    }

    /// Writes down control groups that a VMM is about to be put into, so that they are removed.
    public void groups(List<Path> directories) throws IOException {
        record(
                directories.stream()
                        .map(at -> Map.<String, Object>of("group", at.toString()))
                        .toList());
    }

    private static void node(UsersFile device, Path target, int uid) throws IOException {
        Mounts.node(device.device(), target);
        Fifos.changeOwner(target, uid, uid);
    }

    private static IOException failed(Path file, Exception e) {
        return new IOException("lend " + file + " to the VM: " + e.getMessage(), e);
    }

    /// Takes back whatever a launch has left, where it has. May be repeated.
    ///
    /// @param path the launch's directory, also by a longer name that it has now, or its manifest
    /// @throws IOException when something is left that a later call may take back
    public static void undo(Path path) throws IOException {
        var launch = LAUNCH.matcher(path.getFileName().toString());
        if (!launch.matches()) {
            return;
        }
        var manifest = path.resolveSibling(launch.group(1) + SUFFIX);
        if (!Files.isRegularFile(manifest, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var directories = new ArrayList<Path>();
        try (var found = Files.newDirectoryStream(path.getParent(), launch.group(1) + "*")) {
            found.forEach(directories::add);
        }
        directories.remove(manifest);
        try {
            for (var record : records(manifest)) {
                takeBack(record, directories);
                if (record.get("group") instanceof String group) {
                    ControlGroups.remove(Path.of(group));
                }
            }
            for (var record : records(manifest)) {
                if (record.get("mount") instanceof String at) {
                    directories.forEach(directory -> Mounts.unmount(directory.resolve(at)));
                }
            }
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
        CrashPoint.reach("traces.undone");
        Files.deleteIfExists(manifest);
    }

    /// A last record that was cut short announces what was never made.
    private static List<Map<String, Object>> records(Path manifest) throws IOException {
        var records = new ArrayList<Map<String, Object>>();
        for (var line : Files.readAllLines(manifest)) {
            try {
                var bytes = line.getBytes(StandardCharsets.UTF_8);
                records.add(Json.read(bytes, 0, bytes.length));
            } catch (IOException e) {
                return records;
            }
        }
        return records;
    }

    private static Map<String, Object> lentTo(int uid, UsersFile file, String at) {
        return Map.of("lent", file.path().toString(), "to", uid, "inode", file.inode(), "at", at);
    }

    /// By its name in the launch's directory, since a user may have renamed the file; else by its
    /// own. A file that is neither was removed, and its access list with it.
    private static void takeBack(Map<String, Object> record, List<Path> directories)
            throws IOException {
        if (!(record.get("lent") instanceof String path && record.get("at") instanceof String at)) {
            return;
        }
        var uid = (int) Json.number(record, "to");
        var names = new ArrayList<>(directories.stream().map(own -> own.resolve(at)).toList());
        names.add(Path.of(path));
        for (var name : names) {
            var found = find(name, Json.number(record, "inode"));
            if (found.isPresent()) {
                try (var open = found.get()) {
                    AccessEntries.takeBack(open.descriptor(), uid);
                    return;
                }
            }
        }
    }

    private void record(List<Map<String, Object>> records) throws IOException {
        var text = new StringBuilder();
        records.forEach(record -> text.append(Json.write(record)).append('\n'));
        var manifest = manifest(directory);
        var fresh = !Files.exists(manifest);
        try (var file =
                FileChannel.open(manifest, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            file.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
            file.force(true);
        }
        if (fresh) {
            try (var parent = FileChannel.open(manifest.getParent())) {
                parent.force(true);
            }
        }
        CrashPoint.reach("traces.recorded");
    }

    private static Path manifest(Path directory) {
        return directory.resolveSibling(directory.getFileName() + SUFFIX);
    }

    /// The file of this name, if it is that one still.
    private static Optional<UsersFile> find(Path name, long inode) {
        try {
            var open = UsersFile.asNamed(name);
            if (open.inode() == inode) {
                return Optional.of(open);
            }
            open.close();
        } catch (ProcessException e) {
            // Renamed, removed, or something else by now.
        }
        return Optional.empty();
    }
}
