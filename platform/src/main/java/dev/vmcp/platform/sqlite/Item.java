package dev.vmcp.platform.sqlite;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/// One work on its way through the committer, with the future that its caller holds.
final class Item<T> {
    private final Work<T> work;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private Runnable success = () -> {};

    Item(Work<T> work) {
        this.work = work;
    }

    CompletableFuture<T> future() {
        return future;
    }

    void run(Transaction transaction) throws SQLException {
        var result = work.in(transaction);
        success = () -> future.complete(result);
    }

    /// Tells the caller, on a virtual thread: what hangs on the future never runs on the committer.
    void committed() {
        Thread.startVirtualThread(success);
    }

    void failed(Throwable why) {
        Thread.startVirtualThread(() -> future.completeExceptionally(why));
    }
}
