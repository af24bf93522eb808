package dev.vmcp.host.console;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The kept output of one console, in files named by the position of their first byte. One thread
/// at a time appends; any number read meanwhile.
final class ConsoleLog {

    /// Output in one file.
    private record Segment(long start, long size, Path file) {
        long end() {
            return start + size;
        }

        Segment grown(int bytes) {
            return new Segment(start, size + bytes, file);
        }
    }

    /// What is kept at one moment. Between and behind the segments there may be lost bytes.
    private record Kept(List<Segment> segments, long end) {}

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLog.class);
    private static final int DIGITS = 20;
    private static final Pattern NAME = Pattern.compile("console-([0-9]{" + DIGITS + "})\\.log");

    /// How often a reader may find that what it wants has just been rotated away.
    private static final int TRIES = 8;

    private final Path directory;
    private final ConsoleLimits limits;
    private final Sink sink;
    private final ReentrantLock finding = new ReentrantLock();

    /// Null until somebody asks: a host that starts with many VMs looks at no console's files.
    private volatile @Nullable Kept kept;

    private final AtomicLong lost = new AtomicLong();
    private boolean failing;

    /// Takes up what an earlier life of ours kept in `directory`, which is made by [#ready].
    ConsoleLog(Path directory, ConsoleLimits limits, Sink sink) {
        this.directory = directory;
        this.limits = limits;
        this.sink = sink;
    }

    long end() {
        return kept().end();
    }

    private Kept kept() {
        var now = kept;
        return now == null ? find() : now;
    }

    /// How many bytes could not be kept since we started.
    long lost() {
        return lost.get();
    }

    /// Makes the directory, before a guest's first letter waits for that. Where it cannot be made,
    /// [#append] tries again and says why.
    void ready() {
        try {
            makeDirectory();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("directory", directory).setCause(e).log("not made yet");
        }
    }

    /// Keeps `data`, or counts it as lost: never fails.
    void append(ByteBuffer data) {
        while (data.hasRemaining()) {
            var last = growing();
            var segment = last.orElseGet(this::next);
            var piece = (int) Math.min(data.remaining(), limits.segmentBytes() - segment.size());
            try {
                if (last.isEmpty()) {
                    makeDirectory();
                }
                sink.append(segment.file(), data.slice(data.position(), piece));
            } catch (IOException e) {
                if (last.isEmpty()) {
                    remove(segment.file());
                }
                lose(data.remaining(), e);
                return;
            }
            data.position(data.position() + piece);
            failing = false;
            keep(segment.grown(piece), last.isPresent());
        }
    }

    /// Bytes are missing here. How many, nobody knows, so they count as one.
    void skip() {
        var now = kept();
        kept = new Kept(now.segments(), now.end() + 1);
        lost.incrementAndGet();
    }

    private void makeDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
        }
    }

    /// As [Console#read].
    Console.Chunk read(long cursor, int max) {
        for (var attempt = 0; attempt < TRIES; attempt++) {
            var now = kept();
            var from = position(cursor, now.end());
            var segment = now.segments().stream().filter(s -> s.end() > from).findFirst();
            if (segment.isEmpty()) {
                return nothing(now.end(), now.end() - from);
            }
            var start = Math.max(from, segment.get().start());
            try {
                var data = read(segment.get(), start, max);
                return new Console.Chunk(data, start + data.remaining(), start - from);
            } catch (NoSuchFileException e) {
                if (kept().equals(now)) {
                    return skipped(segment.get(), from, e);
                }
            } catch (IOException e) {
                return skipped(segment.get(), from, e);
            }
        }
        return nothing(position(cursor, end()), 0);
    }

    /// Where `cursor` points, as [Console#read] counts.
    static long position(long cursor, long end) {
        return cursor < 0 ? Math.max(0, end + cursor) : Math.min(cursor, end);
    }

    void delete() {
        var now = kept();
        kept = new Kept(List.of(), now.end());
        now.segments().forEach(segment -> remove(segment.file()));
    }

    /// The last segment, if the next byte belongs there.
    private Optional<Segment> growing() {
        var now = kept();
        return now.segments().isEmpty()
                ? Optional.empty()
                : Optional.of(now.segments().getLast())
                        .filter(last -> last.end() == now.end())
                        .filter(last -> last.size() < limits.segmentBytes());
    }

    private Segment next() {
        var start = end();
        var digits = Long.toString(start);
        var name = "console-" + "0".repeat(DIGITS - digits.length()) + digits + ".log";
        return new Segment(start, 0, directory.resolve(name));
    }

    private void keep(Segment grown, boolean replacesLast) {
        var segments = new ArrayList<>(kept().segments());
        if (replacesLast) {
            segments.removeLast();
        }
        segments.add(grown);
        while (segments.size() > limits.segments()) {
            remove(segments.removeFirst().file());
        }
        kept = new Kept(List.copyOf(segments), grown.end());
    }

    private void lose(int bytes, IOException cause) {
        lost.addAndGet(bytes);
        var now = kept();
        kept = new Kept(now.segments(), now.end() + bytes);
        if (!failing) {
            failing = true;
            LOG.atWarn()
                    .addKeyValue("event", "console-output-lost")
                    .addKeyValue("directory", directory)
                    .addKeyValue("error", cause.toString())
                    .log("console output cannot be kept");
        }
    }

    private static ByteBuffer read(Segment segment, long start, int max) throws IOException {
        var data = ByteBuffer.allocate((int) Math.min(max, segment.end() - start));
        try (var channel =
                FileChannel.open(
                        segment.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            var offset = start - segment.start();
            while (data.hasRemaining()) {
                if (channel.read(data, offset + data.position()) < 0) {
                    throw new IOException("shorter than " + segment.size() + " bytes");
                }
            }
        }
        return data.flip().asReadOnlyBuffer();
    }

    private Console.Chunk skipped(Segment segment, long from, IOException cause) {
        LOG.atWarn()
                .addKeyValue("event", "console-output-unreadable")
                .addKeyValue("file", segment.file())
                .addKeyValue("error", cause.toString())
                .log("kept console output cannot be read");
        return nothing(segment.end(), segment.end() - from);
    }

    private static Console.Chunk nothing(long next, long gap) {
        return new Console.Chunk(ByteBuffer.allocate(0).asReadOnlyBuffer(), next, gap);
    }

    private Kept find() {
        finding.lock();
        try {
            var found = kept;
            if (found == null) {
                found = files();
                kept = found;
            }
            return found;
        } finally {
            finding.unlock();
        }
    }

    /// Nothing where the directory cannot be read: then nothing can be kept there either.
    private Kept files() {
        if (Files.notExists(directory)) {
            return new Kept(List.of(), 0);
        }
        try {
            return files(directory);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.atWarn()
                    .addKeyValue("event", "console-output-unreadable")
                    .addKeyValue("directory", directory)
                    .addKeyValue("error", e.toString())
                    .log("kept console output cannot be found");
            return new Kept(List.of(), 0);
        }
    }

    private static Kept files(Path directory) throws IOException {
        var segments = new ArrayList<Segment>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                var match = NAME.matcher(file.getFileName().toString());
                if (match.matches()) {
                    segments.add(
                            new Segment(Long.parseLong(match.group(1)), Files.size(file), file));
                }
            }
        }
        segments.sort(Comparator.comparingLong(Segment::start));
        return new Kept(List.copyOf(segments), segments.isEmpty() ? 0 : segments.getLast().end());
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("event", "console-file-left")
                    .addKeyValue("file", file)
                    .addKeyValue("error", e.toString())
                    .log("an old console file cannot be removed");
        }
    }
}
