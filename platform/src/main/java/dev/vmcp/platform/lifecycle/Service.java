package dev.vmcp.platform.lifecycle;

import java.time.Duration;

/// A part of the process that is started once and stopped once.
public interface Service {

    /// A word for logs.
    String name();

    /// Returns when it serves; throws when it cannot, and then holds nothing.
    void start() throws InterruptedException;

    /// Returns when it holds nothing any more. After `limit` nobody waits for it.
    void stop(Duration limit) throws InterruptedException;
}
