package dev.vmcp.host.console;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Where kept output goes.
@FunctionalInterface
interface Sink {

    /// Appends all of `data`. A part may have been taken when this fails.
    void append(Path file, ByteBuffer data) throws IOException;
}
