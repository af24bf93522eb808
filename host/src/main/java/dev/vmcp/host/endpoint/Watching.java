package dev.vmcp.host.endpoint;

import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.api.host.v1.WatchVmsResponse.Kind;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.host.keeper.Feed;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.VmView;
import dev.vmcp.host.process.Deadline;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// Serves watches: the state now, then every change. A cursor is the number of a change in the feed
/// of this process; one of an earlier process is answered with the whole state.
final class Watching {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int BATCH = 256;
    private static final Pattern CURSOR = Pattern.compile("([0-9a-f]{8})-([0-9]{1,18})");

    private final Keepers keepers;
    private final Feed feed;
    private final String life = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    Watching(Keepers keepers) {
        this.keepers = keepers;
        this.feed = keepers.feed();
    }

    void watch(WatchVmsRequest request, StreamObserver<WatchVmsResponse> to) {
        var context = Context.current();
        var me = Thread.currentThread();
        Context.CancellationListener wake = _ -> me.interrupt();
        context.addListener(wake, Runnable::run);
        try {
            var start = start(request.getCursor());
            if (start.isEmpty()) {
                var expected = "a cursor that WatchVms gave";
                var violation = Violation.of("cursor", request.getCursor(), expected);
                to.onError(ProblemMapping.toStatus(new Problem.InvalidInput(List.of(violation))));
                return;
            }
            follow(request.getVmId(), start.get(), to, context);
        } catch (InterruptedException _) {
            // The watcher left.
        } finally {
            context.removeListener(wake);
            var _ = Thread.interrupted();
        }
    }

    /// The change after which to go on; -1 = from the state now, -2 = so, after a reset.
    private Optional<Long> start(String cursor) {
        if (cursor.isEmpty()) {
            return Optional.of(-1L);
        }
        var parts = CURSOR.matcher(cursor);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Optional.of(parts.group(1).equals(life) ? Long.parseLong(parts.group(2)) : -2L);
    }

    private void follow(String vm, long start, StreamObserver<WatchVmsResponse> to, Context context)
            throws InterruptedException {
        long seen = start < 0 ? state(vm, start == -2, to) : start;
        while (!context.isCancelled()) {
            var changes = feed.after(seen, BATCH);
            if (changes.isEmpty()) {
                seen = state(vm, true, to);
                continue;
            }
            for (var change : changes.get()) {
                seen = change.number();
                tell(vm, change, to);
            }
            if (changes.get().isEmpty()) {
                if (feed.closed()) {
                    to.onError(
                            Status.UNAVAILABLE
                                    .withDescription("the host is stopping")
                                    .asRuntimeException());
                    return;
                }
                if (!feed.awaitAfter(seen, Deadline.in(HEARTBEAT))) {
                    to.onNext(event(Kind.KIND_HEARTBEAT, seen).build());
                }
            }
        }
    }

    /// Sends the whole state; returns the change up to which it is complete. Only the end of it
    /// carries a cursor: whoever was cut off before has not seen all and must start over.
    private long state(String vm, boolean reset, StreamObserver<WatchVmsResponse> to) {
        long seen = feed.last();
        if (reset) {
            to.onNext(WatchVmsResponse.newBuilder().setKind(Kind.KIND_RESET).build());
        }
        for (var keeper : keepers.all()) {
            var view = keeper.view();
            if (concerns(vm, view)) {
                to.onNext(
                        WatchVmsResponse.newBuilder()
                                .setKind(Kind.KIND_CHANGED)
                                .setVm(ViewMapping.watched(view))
                                .build());
            }
        }
        to.onNext(event(Kind.KIND_SYNCED, seen).build());
        return seen;
    }

    private void tell(String vm, Feed.Change change, StreamObserver<WatchVmsResponse> to) {
        if (concerns(vm, change.view())) {
            var kind = change.deleted() ? Kind.KIND_DELETED : Kind.KIND_CHANGED;
            to.onNext(
                    event(kind, change.number()).setVm(ViewMapping.watched(change.view())).build());
        }
    }

    private static boolean concerns(String vm, VmView view) {
        return vm.isEmpty() || vm.equals(view.record().id().value());
    }

    private WatchVmsResponse.Builder event(Kind kind, long number) {
        return WatchVmsResponse.newBuilder().setKind(kind).setCursor(life + "-" + number);
    }
}
