package dev.vmcp.host.console;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Native memory for reads, shared by all consoles: as many buffers as are in use at once, a few
/// kept. Safe for use by many threads.
final class Buffers {

    static final int BYTES = 64 << 10;
    private static final int SPARE = 8;

    private final ConcurrentLinkedQueue<MemorySegment> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger spare = new AtomicInteger();

    MemorySegment take() {
        var buffer = free.poll();
        if (buffer == null) {
            return Arena.ofAuto().allocate(BYTES);
        }
        spare.decrementAndGet();
        return buffer;
    }

    void give(MemorySegment buffer) {
        if (spare.incrementAndGet() <= SPARE) {
            free.add(buffer);
        } else {
            spare.decrementAndGet();
        }
    }
}
