package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Problem.Thing;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.Base;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.journal.Snapshot;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.platform.lifecycle.CrashPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The snapshots of this host, a directory each: `snapshot.json`, and in `state` what the VMM
/// wrote. One that is being written or removed has a name that begins with a dot, so that what a
/// crash leaves is never taken for a snapshot. Outlives the VMs that they are of. Safe for use by
/// many threads.
public final class SnapshotStore {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);
    private static final String MANIFEST = "snapshot.json";
    private static final String STATE = "state";
    private static final Path SELF = Path.of("/proc/self");

    /// So that no diff appears while what it stands on goes.
    private static final ReentrantLock NAMING = new ReentrantLock();

    private final Path directory;

    SnapshotStore(Path directory) {
        this.directory = directory;
    }

    /// Every snapshot, oldest first.
    public List<Saved> all() {
        return Layout.names(directory).stream()
                .filter(name -> !name.startsWith("."))
                .flatMap(name -> find(name).stream())
                .map(Saved::of)
                .sorted(Comparator.comparing(Saved::created).thenComparing(Saved::id))
                .toList();
    }

    /// One of them.
    public Outcome<Saved> get(String id) {
        return find(id).map(found -> Outcome.done(Saved.of(found)))
                .orElseGet(() -> Outcome.refused(new Problem.Absent(Thing.SNAPSHOT, id)));
    }

    Optional<Snapshot> find(String id) {
        if (VmId.parse(id).isEmpty() || !Files.isDirectory(at(id))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Snapshot.read(at(id).resolve(MANIFEST)));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("snapshot", id)
                    .addKeyValue("error", e.getMessage())
                    .log("snapshot cannot be read");
            return Optional.empty();
        }
    }

    /// Removes a snapshot with its files.
    public Outcome<Saved> delete(String id) {
        var found = find(id);
        if (found.isEmpty()) {
            return Outcome.refused(new Problem.Absent(Thing.SNAPSHOT, id));
        }
        var gone = directory.resolve("." + id + ".gone-" + System.nanoTime());
        try {
            hide(found.get(), gone);
            CrashPoint.reach("snapshot.hidden");
            Layout.remove(gone);
        } catch (IOException | UncheckedIOException e) {
            return Outcome.refused(new Problem.NotNow("delete snapshot " + id, words(e)));
        } catch (Halted halted) {
            return Outcome.refused(halted.problem());
        }
        return Outcome.done(Saved.of(found.get()));
    }

    private void hide(Snapshot snapshot, Path gone) throws IOException {
        NAMING.lock();
        try {
            var above = above(snapshot);
            if (!above.isEmpty()) {
                throw new Halted(
                        new Problem.NotNow(
                                "delete snapshot " + snapshot.id(),
                                "it is what diffs stand on; delete them first: "
                                        + String.join(", ", above)));
            }
            Files.move(at(snapshot.id()), gone, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            NAMING.unlock();
        }
        flush(directory);
    }

    /// The diffs that stand on a snapshot.
    private List<String> above(Snapshot snapshot) {
        return Layout.names(directory).stream()
                .filter(name -> !name.startsWith("."))
                .flatMap(name -> find(name).stream())
                .filter(other -> other.base().equals(snapshot.asBase()))
                .map(Snapshot::id)
                .sorted()
                .toList();
    }

    /// That very one, not another of its name.
    Optional<Snapshot> find(Base base) {
        return find(base.snapshot()).filter(found -> found.asBase().equals(base));
    }

    /// What a VMM left of a snapshot.
    Path state(String id) {
        return at(id).resolve(STATE);
    }

    /// Makes the empty directory that a VMM with this uid writes a new snapshot into.
    ///
    /// @throws Halted when the id is wrong or taken
    Path stage(String id, int uid) throws IOException {
        if (VmId.parse(id).isEmpty()) {
            var violation = Violation.of("snapshot_id", id, VmId.EXPECTED + ", or empty");
            throw new Halted(new Problem.InvalidInput(List.of(violation)));
        }
        var open =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));
        try {
            Files.createDirectory(part(id), open);
        } catch (FileAlreadyExistsException _) {
            throw taken(id);
        }
        if (Files.exists(at(id), LinkOption.NOFOLLOW_LINKS)) {
            discard(id);
            throw taken(id);
        }
        var state =
                Files.createDirectory(
                        part(id).resolve(STATE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        own(state, uid);
        return state;
    }

    private static Halted taken(String id) {
        return new Halted(new Problem.Taken(Thing.SNAPSHOT, id, "remove it or take another id"));
    }

    /// Makes what was staged a snapshot that lasts.
    Snapshot keep(Snapshot written) throws IOException {
        var part = part(written.id());
        long size = 0;
        try (Stream<Path> files = Files.walk(part.resolve(STATE))) {
            for (var file : files.toList()) {
                own(file, 0);
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    flush(file);
                    size += taken(file);
                }
            }
        }
        var whole = written.sized(size);
        whole.write(part.resolve(MANIFEST));
        flush(part.resolve(STATE));
        flush(part);
        show(whole);
        CrashPoint.reach("snapshot.shown");
        flush(directory);
        return whole;
    }

    private void show(Snapshot whole) throws IOException {
        NAMING.lock();
        try {
            if (whole.diff() && find(whole.base()).isEmpty()) {
                var why = "snapshot " + whole.base().snapshot() + ", which it stands on, is gone";
                throw new Halted(new Problem.NotNow("diff of VM " + whole.vm(), why));
            }
            Files.move(part(whole.id()), at(whole.id()), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException _) {
            throw taken(whole.id());
        } finally {
            NAMING.unlock();
        }
    }

    /// What a file takes on the disk, where it has holes.
    private static long taken(Path file) throws IOException {
        int opened = Descriptors.open(file, OpenFlags.READ_ONLY | OpenFlags.NO_FOLLOW);
        try {
            var status = FileStatus.of(opened);
            return Math.min(status.size(), status.allocated());
        } finally {
            Descriptors.close(opened);
        }
    }

    /// Removes what was staged, if anything.
    void discard(String id) {
        Layout.remove(part(id));
    }

    /// Removes what earlier lives of ours left half written or half removed.
    void sweep() {
        Layout.names(directory).stream()
                .filter(name -> name.startsWith("."))
                .map(directory::resolve)
                .forEach(Layout::remove);
    }

    private Path at(String id) {
        return directory.resolve(id);
    }

    private Path part(String id) {
        return directory.resolve("." + id + ".part");
    }

    /// Files of ours that a VMM of another user is to write, or has written.
    private static void own(Path file, int uid) throws IOException {
        var owner = uid == 0 ? Files.getAttribute(SELF, "unix:uid") : Integer.valueOf(uid);
        if (!Objects.equals(
                Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS), owner)) {
            Files.setAttribute(file, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static void flush(Path what) throws IOException {
        try (var channel = FileChannel.open(what, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static String words(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
