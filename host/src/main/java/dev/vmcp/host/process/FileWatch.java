package dev.vmcp.host.process;

/// A file under watch, until this is closed.
@FunctionalInterface
public interface FileWatch extends AutoCloseable {

    @Override
    void close();
}
