package dev.vmcp.client;

import java.io.Closeable;
import java.io.IOException;

/// Bytes to and from one peer. One thread reads and writes; any thread may [#close], which ends a
/// read under way with an exception. When a deadline passes it is a
/// [java.net.SocketTimeoutException].
interface Wire extends Closeable {

    /// Reads at least one byte; -1 when the peer has ended.
    int read(byte[] into, int offset, int length, Deadline deadline) throws IOException;

    void write(byte[] bytes, Deadline deadline) throws IOException;

    /// Whether an idle connection can no longer carry a call: the peer has closed it, or has said
    /// something that nobody asked for.
    boolean stale();
}
