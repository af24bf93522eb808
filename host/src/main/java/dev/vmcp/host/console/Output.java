package dev.vmcp.host.console;

import java.lang.foreign.MemorySegment;

/// What takes the output of a serial port, one call at a time.
interface Output {

    /// @param data valid during the call only
    void take(MemorySegment data);

    /// Some bytes are missing here, nobody knows how many.
    void missing();
}
