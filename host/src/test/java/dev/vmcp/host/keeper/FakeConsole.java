package dev.vmcp.host.keeper;

import dev.vmcp.host.console.Console;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.SerialPort;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/// A console that knows only whether it is attached.
final class FakeConsole implements Console {

    private volatile boolean attached;
    private volatile boolean closed;
    private volatile boolean deleted;

    boolean attached() {
        return attached;
    }

    boolean deleted() {
        return deleted;
    }

    @Override
    public void attach(SerialPort port, Optional<Path> copy) {
        attached = true;
    }

    @Override
    public void detach() {
        attached = false;
    }

    @Override
    public Chunk read(long cursor, int max) {
        return new Chunk(ByteBuffer.allocate(0), 0, 0);
    }

    @Override
    public void awaitBeyond(long cursor, Deadline deadline) {}

    @Override
    public long end() {
        return 0;
    }

    @Override
    public boolean closed() {
        return closed;
    }

    @Override
    public int write(byte[] data, Deadline deadline) {
        if (!attached) {
            throw new NotWritable("no VMM runs");
        }
        return data.length;
    }

    @Override
    public void close() {
        attached = false;
        closed = true;
    }

    @Override
    public void delete() {
        close();
        deleted = true;
    }
}
