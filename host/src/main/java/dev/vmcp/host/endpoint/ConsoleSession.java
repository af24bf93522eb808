package dev.vmcp.host.endpoint;

import com.google.protobuf.UnsafeByteOperations;
import dev.vmcp.api.host.v1.StreamConsoleRequest;
import dev.vmcp.api.host.v1.StreamConsoleResponse;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.keeper.VmKeeper;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A console in both directions: input is written as it comes, output is pumped beside it.
final class ConsoleSession implements StreamObserver<StreamConsoleRequest> {

    private final Calls calls;
    private final StreamObserver<StreamConsoleResponse> to;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Context.CancellableContext reading = Context.current().withCancellation();
    private @Nullable VmKeeper vm;
    private String vmId = "";

    ConsoleSession(Calls calls, StreamObserver<StreamConsoleResponse> to) {
        this.calls = calls;
        this.to = to;
    }

    @Override
    public void onNext(StreamConsoleRequest request) {
        if (vm == null && !open(request)) {
            return;
        }
        var open = vm;
        if (open != null && !request.getData().isEmpty()) {
            write(open, request.getData().toByteArray());
        }
    }

    private void write(VmKeeper open, byte[] data) {
        if (HostServiceEndpoint.written(vmId, open, data) instanceof Outcome.Refused<?>(var problem)
                && over.compareAndSet(false, true)) {
            reading.cancel(null);
            to.onError(ProblemMapping.toStatus(problem));
        }
    }

    private boolean open(StreamConsoleRequest first) {
        switch (calls.findConsole(first.getVmId())) {
            case Outcome.Refused<?>(var problem) -> {
                if (over.compareAndSet(false, true)) {
                    to.onError(ProblemMapping.toStatus(problem));
                }
                return false;
            }
            case Outcome.Done<VmKeeper>(var found) -> {
                vm = found;
                vmId = first.getVmId();
                Thread.ofVirtual()
                        .name("console-" + vmId)
                        .start(reading.wrap(() -> pump(found.console(), first.getCursor())));
                return true;
            }
        }
    }

    private void pump(Console from, long cursor) {
        new ConsoleReader(from, cursor, true)
                .run(chunk -> {
                    if (!over.get()) {
                        to.onNext(
                                StreamConsoleResponse.newBuilder()
                                        .setData(UnsafeByteOperations.unsafeWrap(chunk.data()))
                                        .setNextCursor(chunk.next())
                                        .setGapBytes(chunk.gap())
                                        .build());
                    }
                });
        if (over.compareAndSet(false, true)) {
            to.onCompleted();
        }
    }

    @Override
    public void onError(Throwable t) {
        over.set(true);
        reading.cancel(t);
    }

    @Override
    public void onCompleted() {
        // The caller has no more input; its output ends with it.
        reading.cancel(null);
        if (over.compareAndSet(false, true)) {
            to.onCompleted();
        }
    }
}
