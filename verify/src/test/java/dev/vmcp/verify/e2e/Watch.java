package dev.vmcp.verify.e2e;

import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.api.host.v1.WatchVmsResponse.Kind;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.ServerStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// An open watch, which is closed by itself when nothing that is waited for comes in time.
final class Watch implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofSeconds(300);

    private final ServerStream<WatchVmsResponse> stream;
    private final ScheduledExecutorService timer;

    Watch(HostClient client, WatchVmsRequest request) {
        timer = Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
        stream = client.watchVms(request);
        var _ = timer.schedule(stream::close, LONGEST.toSeconds(), TimeUnit.SECONDS);
    }

    static Watch all(HostClient client) {
        return new Watch(client, WatchVmsRequest.getDefaultInstance());
    }

    static Watch of(HostClient client, String vm) {
        return new Watch(client, WatchVmsRequest.newBuilder().setVmId(vm).build());
    }

    static Watch from(HostClient client, String cursor) {
        return new Watch(client, WatchVmsRequest.newBuilder().setCursor(cursor).build());
    }

    WatchVmsResponse next() {
        var event = stream.next();
        while (event.isPresent() && event.get().getKind() == Kind.KIND_HEARTBEAT) {
            event = stream.next();
        }
        return event.orElseThrow(() -> new AssertionError("the watch ended"));
    }

    /// The events up to the first that is asked for, which is the last of them.
    List<WatchVmsResponse> until(Predicate<WatchVmsResponse> wanted) {
        var seen = new ArrayList<WatchVmsResponse>();
        do {
            seen.add(next());
        } while (!wanted.test(seen.getLast()));
        return seen;
    }

    List<WatchVmsResponse> untilSynced() {
        return until(event -> event.getKind() == Kind.KIND_SYNCED);
    }

    WatchVmsResponse untilPhase(String vm, String phase) {
        return until(event ->
                        event.getVm().getVmId().equals(vm)
                                && event.getVm().getPhase().equals(phase))
                .getLast();
    }

    @Override
    public void close() {
        stream.close();
        timer.shutdownNow();
    }
}
