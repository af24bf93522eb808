package dev.vmcp.host.disk;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.disk.FileFacts.Kind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at the files that a spec names: whether they exist, lie where they may, and are what they
/// should be. Changes nothing, and opens nothing but where it is told to. Safe for use by many
/// threads.
///
/// Of what lies outside of the allowed roots an answer says only that: not whether it exists.
public final class SpecPaths {

    private static final Path DEVICES = Path.of("/dev");

    private final AllowedRoots roots;
    private final AllowedRoots outputRoots;
    private final FileOpener opener;

    public SpecPaths(AllowedRoots roots) {
        this.roots = roots;
        this.opener = new FileOpener(roots, new DiskLocks());
        this.outputRoots = roots.and("/var/log");
    }

    /// Every violation at once. Paths of a wrong form are left to the rules of specs.
    public SpecFindings check(VmSpec spec) {
        var found = new ArrayList<Violation>();
        image("config.boot.kernel_path", spec.boot().kernel(), found);
        image("config.boot.initrd_path", spec.boot().initrd(), found);
        var users = new HashMap<FileId, String>();
        for (var i = 0; i < spec.disks().size(); i++) {
            var field = "config.storage[" + i + "].path";
            disk(field, spec.disks().get(i), found).ifPresent(id -> users.putIfAbsent(id, field));
        }
        output(spec.console().output(), users, found);
        return new SpecFindings(found, List.of());
    }

    /// What a launch of `spec` does to which files, for [DiskLocks]. Files that are not there are
    /// left out.
    public List<FileUse> uses(VmSpec spec) {
        var uses = new ArrayList<FileUse>();
        for (var disk : spec.disks()) {
            var way = disk.readOnly() ? FileUse.Way.READ : FileUse.Way.WRITE;
            use(disk.path(), way).ifPresent(uses::add);
        }
        use(spec.console().output(), FileUse.Way.APPEND).ifPresent(uses::add);
        return uses;
    }

    /// What was expected of a file that a disk of a spec stands on, where it may not be read.
    public Optional<String> objection(Path path) {
        return unfit(PathWalk.along(path));
    }

    /// A descriptor of such a file, for reading; it is judged as the file that it is.
    ///
    /// @throws dev.vmcp.host.process.ProcessException when there is none, or it may not be opened
    public int open(Path path) {
        return opener.image(path);
    }

    /// What a launch does to a file that a disk of its stands on; empty where there is none.
    public static Optional<FileUse> reading(Path path) {
        return use(path.toString(), FileUse.Way.READ);
    }

    private static Optional<FileUse> use(String text, FileUse.Way way) {
        return path(text)
                .flatMap(path -> PathWalk.along(path).facts())
                .map(facts -> new FileUse(facts.id(), text, way));
    }

    private void image(String field, String text, List<Violation> found) {
        path(text)
                .ifPresent(path -> {
                    var walk = PathWalk.along(path);
                    objection(walk, roots)
                            .or(() -> other(walk, Kind.REGULAR))
                            .or(() -> unreadable(walk))
                            .ifPresent(why -> found.add(Violation.of(field, text, why)));
                });
    }

    private Optional<FileId> disk(String field, VmSpec.Disk disk, List<Violation> found) {
        var path = path(disk.path());
        if (path.isEmpty()) {
            return Optional.empty();
        }
        var walk = PathWalk.along(path.get());
        var objection = unfit(walk).or(() -> unwritable(walk, disk));
        objection.ifPresent(why -> found.add(Violation.of(field, disk.path(), why)));
        return walk.facts().map(FileFacts::id);
    }

    private Optional<String> unfit(PathWalk walk) {
        var objection =
                walk.real().startsWith(DEVICES)
                        ? absent(walk).or(() -> other(walk, Kind.BLOCK_DEVICE))
                        : objection(walk, roots).or(() -> other(walk, Kind.REGULAR));
        return objection.or(() -> unreadable(walk));
    }

    private void output(String text, Map<FileId, String> users, List<Violation> found) {
        var path = path(text);
        if (path.isEmpty()) {
            return;
        }
        var why = new OutputPath(path.get(), outputRoots).objection(users);
        why.ifPresent(words -> found.add(Violation.of("config.console.output", text, words)));
    }

    static Optional<String> objection(PathWalk walk, AllowedRoots roots) {
        return roots.hold(walk.real())
                ? absent(walk)
                : Optional.of("a file that lies, links resolved, in one of " + roots.words());
    }

    private static Optional<String> absent(PathWalk walk) {
        if (walk.facts().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                walk.denied()
                        ? "a path that this service may follow: permission denied"
                        : "an existing file: it does not exist");
    }

    private static Optional<String> other(PathWalk walk, Kind wanted) {
        return walk.facts()
                .map(FileFacts::kind)
                .filter(kind -> kind != wanted)
                .map(kind ->
                        wanted.words()
                                + ": it is "
                                + kind.words()
                                + (kind == Kind.BLOCK_DEVICE
                                        ? "; block devices only under /dev"
                                        : ""));
    }

    private static Optional<String> unreadable(PathWalk walk) {
        return Files.isReadable(walk.real())
                ? Optional.empty()
                : Optional.of("a file that this service may read: permission denied");
    }

    private static Optional<String> unwritable(PathWalk walk, VmSpec.Disk disk) {
        return disk.readOnly() || Files.isWritable(walk.real())
                ? Optional.empty()
                : Optional.of("a file that this service may write, or read_only");
    }

    /// Empty for what is no absolute path of this system.
    private static Optional<Path> path(String text) {
        try {
            return text.startsWith("/") ? Optional.of(Path.of(text)) : Optional.empty();
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }
}
