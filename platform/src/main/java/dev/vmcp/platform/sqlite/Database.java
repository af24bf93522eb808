package dev.vmcp.platform.sqlite;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A SQLite database with one committer thread. Safe for use by many threads.
///
/// What is asked is committed in the order of asking, in groups, and a future completes only when
/// its commit is synced to disk; it completes on a virtual thread, so a continuation may block.
public final class Database implements AutoCloseable {
    private static final int LONGEST_QUEUE = 8_192;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final WorkQueue queue = new WorkQueue(LONGEST_QUEUE);
    private final Committer committer;
    private final Thread thread;

    private Database(Thread.Builder thread, DatabaseFile file) {
        this.committer = new Committer(file, queue);
        this.thread = thread.start(committer);
    }

    /// Opens `<name>.db` in the directory, checks it, and brings it to the newest schema.
    ///
    /// @throws StoreException when the file is damaged, was written by a newer release, or cannot
    ///   be opened
    public static Database open(DataDirectory directory, String name, Schema schema) {
        var file = DatabaseFile.open(directory, name, schema);
        return new Database(Thread.ofPlatform().daemon().name("commit-" + name), file);
    }

    /// Runs the work in a transaction; the future has its result once it is on disk, or fails with
    /// a [StoreException], or with what the work itself threw.
    ///
    /// Waits up to 10 seconds when too much is queued, and then fails the future as retryable.
    public <T> CompletableFuture<T> transact(Work<T> work) {
        var item = new Item<>(work);
        try {
            queue.add(item, PATIENCE);
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
        return item.future();
    }

    /// Why the disk could not be written at the last try, for people; empty when it could. A disk
    /// that could not is tried again by itself, every half second.
    public Optional<String> trouble() {
        return committer.trouble();
    }

    /// Commits what was asked before, then closes the file.
    @Override
    public void close() {
        queue.close();
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
