package dev.vmcp.platform.telemetry;

import java.util.function.BiConsumer;

/// Knows what the running thread works for.
@FunctionalInterface
public interface TraceIds {

    /// Where nothing is traced.
    TraceIds NONE = _ -> {};

    /// Tells the trace and the span that are current, in hexadecimal; nothing where there is none.
    ///
    /// @param to takes a trace id and a span id
    void current(BiConsumer<String, String> to);
}
