package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;

/// Begins the spans of calls. Safe for use by many threads.
///
/// @param ratio of the calls that bring no trace with them
/// @param traces gets each span that ended, unless it is of no use to anybody
record CallSpans(
        TraceRatio ratio,
        LocalTraces traces,
        Resource resource,
        InstrumentationScopeInfo scope,
        Clock clock) {

    /// @param above what the caller says it is part of; invalid where it says nothing
    /// @param usual what all calls of the method have
    CallSpan begin(String name, SpanContext above, Attributes usual, String requestId) {
        return new CallSpan(this, name, above, usual, requestId);
    }
}
