package dev.vmcp.host.backup;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.vmcp.host.journal.JournalFile;
import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.platform.sqlite.DataDirectory;
import dev.vmcp.platform.sqlite.Replacement;
import dev.vmcp.platform.sqlite.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// The journal and the tokens of a data directory as one file, a ZIP with a manifest. Guests, their
/// disks and their snapshots are not in it.
public final class Backup {

    private static final String JOURNAL = "journal.db";
    private static final String TOKENS = "tokens";
    private static final Set<PosixFilePermission> OWNER =
            PosixFilePermissions.fromString("rw-------");

    private Backup() {}

    /// Takes one, of a host that may be running: all that was acknowledged before this call is in
    /// it. The file appears whole, for its owner only.
    ///
    /// @throws BackupException when there is nothing to save, the file exists or cannot be written
    /// @throws StoreException when the journal cannot be read
    public static Manifest take(Path data, Path file, String release, Instant now) {
        if (Files.exists(file)) {
            throw new BackupException(file + " exists (name another file, or remove it)");
        }
        var target = file.toAbsolutePath();
        try (var work = Work.in(target.resolveSibling("."))) {
            JournalFile.copy(data.resolve(JOURNAL), work.file(JOURNAL));
            var journal = JournalFile.read(work.file(JOURNAL));
            if (!journal.damage().isEmpty()) {
                throw new BackupException(
                        "the journal is damaged: " + String.join("; ", journal.damage()));
            }
            if (Files.exists(data.resolve(TOKENS))) {
                Files.copy(data.resolve(TOKENS), work.file(TOKENS));
            }
            var sums = new TreeMap<String, String>();
            for (var name : work.names()) {
                sums.put(name, checksum(work.file(name)));
            }
            var manifest =
                    new Manifest(now, release, journal.schema(), journal.records().size(), sums);
            pack(work, manifest);
            Files.move(work.packed(), target, ATOMIC_MOVE);
            sync(target.resolveSibling("."), StandardOpenOption.READ);
            return manifest;
        } catch (IOException e) {
            throw new BackupException("backup " + file + ": " + e, e);
        }
    }

    private static void pack(Work work, Manifest manifest) throws IOException {
        Files.createFile(work.packed(), PosixFilePermissions.asFileAttribute(OWNER));
        try (OutputStream out = Files.newOutputStream(work.packed());
                var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(Manifest.NAME));
            zip.write(manifest.bytes());
            for (var name : manifest.checksums().keySet()) {
                zip.putNextEntry(new ZipEntry(name));
                Files.copy(work.file(name), zip);
            }
        }
        sync(work.packed(), StandardOpenOption.WRITE);
    }

    /// Puts one back, after all of it was checked. What was there is kept beside it, its names
    /// ending in `.replaced`.
    ///
    /// @param force also where the data directory has VMs, or a journal that cannot be read
    /// @throws BackupException when the file is damaged or too new, or the data directory is not
    ///   empty
    /// @throws StoreException when a host runs on the data directory
    public static Manifest restore(Path file, Path data, boolean force) {
        try (var directory = DataDirectory.open(data);
                var work = Work.in(directory.path())) {
            var manifest = unpack(file, work);
            var saved = JournalFile.read(work.file(JOURNAL));
            if (saved.newer()) {
                throw new BackupException(
                        file
                                + " was taken by the later release "
                                + manifest.release()
                                + " (schema "
                                + saved.schema()
                                + ", this release knows "
                                + JournalFile.ownSchema()
                                + "): restore it with that one");
            }
            if (!saved.damage().isEmpty()) {
                throw damaged(file, String.join("; ", saved.damage()));
            }
            if (!force) {
                refuseFull(directory.path());
            }
            tokens(directory.path(), work);
            Replacement.make(directory, "journal", work.file(JOURNAL));
            return manifest;
        } catch (IOException e) {
            throw new BackupException("restore " + file + ": " + e, e);
        }
    }

    private static Manifest unpack(Path file, Work work) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            var about = zip.getEntry(Manifest.NAME);
            if (about == null) {
                throw damaged(file, "it has no " + Manifest.NAME);
            }
            Manifest manifest;
            try (var in = zip.getInputStream(about)) {
                manifest = Manifest.parse(in.readAllBytes());
            }
            for (var name : List.of(JOURNAL, TOKENS)) {
                var expected = manifest.checksums().get(name);
                var entry = zip.getEntry(name);
                if (expected == null && name.equals(TOKENS)) {
                    continue;
                }
                if (entry == null || expected == null) {
                    throw damaged(file, "it has no " + name);
                }
                try (var in = zip.getInputStream(entry)) {
                    Files.copy(in, work.file(name));
                }
                var seen = checksum(work.file(name));
                if (!seen.equals(expected)) {
                    throw damaged(
                            file, name + " has SHA-256 " + seen + " (expected: " + expected + ")");
                }
            }
            return manifest;
        } catch (ZipException e) {
            throw damaged(file, String.valueOf(e.getMessage()));
        }
    }

    private static BackupException damaged(Path file, String how) {
        return new BackupException(file + " is damaged or no backup: " + how);
    }

    private static void refuseFull(Path data) {
        var journal = data.resolve(JOURNAL);
        if (!Files.exists(journal)) {
            return;
        }
        String what;
        try {
            var there = JournalFile.read(journal);
            if (!there.newer()
                    && there.damage().isEmpty()
                    && there.records().isEmpty()
                    && there.revision() == 0) {
                return;
            }
            what =
                    there.damage().isEmpty()
                            ? there.records().size() + " VMs, revision " + there.revision()
                            : "a journal that is damaged";
        } catch (StoreException e) {
            what = "a journal that cannot be read";
        }
        throw new BackupException(
                data + " is not empty: it has " + what + " (restore with --force to replace it)");
    }

    /// They go first: a host with the old journal and the new tokens is whole, and a restore that
    /// was cut short is made again.
    private static void tokens(Path data, Work work) throws IOException {
        var tokens = data.resolve(TOKENS);
        if (!Files.exists(work.file(TOKENS))) {
            return;
        }
        if (Files.exists(tokens)) {
            Files.copy(
                    tokens,
                    data.resolve(TOKENS + ".replaced"),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.setPosixFilePermissions(work.file(TOKENS), OWNER);
        sync(work.file(TOKENS), StandardOpenOption.WRITE);
        Files.move(work.file(TOKENS), tokens, ATOMIC_MOVE);
    }

    private static String checksum(Path file) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            try (var in = Files.newInputStream(file)) {
                var buffer = new byte[1 << 16];
                for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                    digest.update(buffer, 0, got);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: none (expected: in every Java)", e);
        }
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (var channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    /// A directory for the time of one backup, beside its end so that it can be moved there.
    private record Work(Path directory) implements AutoCloseable {

        static Work in(Path place) throws IOException {
            return new Work(Files.createTempDirectory(place, ".vmcp-backup"));
        }

        Path file(String name) {
            return directory.resolve(name);
        }

        Path packed() {
            return directory.resolve("packed.zip");
        }

        List<String> names() throws IOException {
            try (var files = Files.list(directory)) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            }
        }

        @Override
        public void close() throws IOException {
            FileTrees.remove(directory);
        }
    }
}
