package dev.vmcp.host.endpoint;

import dev.vmcp.host.console.Console;
import dev.vmcp.host.console.Console.Chunk;
import dev.vmcp.host.process.Deadline;
import io.grpc.Context;
import java.time.Duration;
import java.util.function.Consumer;

/// Hands a console's bytes to one reader, piece by piece, until the reader leaves, the console is
/// closed, or, when not following, the end is reached.
final class ConsoleReader {

    private static final int PIECE = 64 * 1024;
    private static final Duration NAP = Duration.ofSeconds(10);

    private final Console console;
    private final boolean follow;
    private final Context context = Context.current();
    private long cursor;

    ConsoleReader(Console console, long cursor, boolean follow) {
        this.console = console;
        this.cursor = cursor;
        this.follow = follow;
    }

    void run(Consumer<Chunk> to) {
        var wake = Thread.currentThread();
        Context.CancellationListener listener = _ -> wake.interrupt();
        context.addListener(listener, Runnable::run);
        try {
            pump(to);
        } catch (InterruptedException _) {
            // The reader left: nobody to tell.
        } finally {
            context.removeListener(listener);
            var _ = Thread.interrupted();
        }
    }

    private void pump(Consumer<Chunk> to) throws InterruptedException {
        while (!context.isCancelled()) {
            boolean last = !follow || console.closed();
            var chunk = console.read(cursor, PIECE);
            cursor = chunk.next();
            if (chunk.data().hasRemaining() || chunk.gap() > 0) {
                to.accept(chunk);
            } else if (last) {
                return;
            } else {
                console.awaitBeyond(cursor, Deadline.in(NAP));
            }
        }
    }
}
