package dev.vmcp.platform.telemetry.otel;

/// Which part of the traces is sampled: decided by the trace id alone, so that all who apply the
/// same ratio to a trace come to the same.
///
/// @param bound traces whose last 63 bits are below it are sampled
record TraceRatio(long bound) {

    private static final int HEX = 16;

    /// @param ratio 0 to 1
    static TraceRatio of(double ratio) {
        return new TraceRatio(
                ratio >= 1 ? Long.MAX_VALUE : (long) (Math.max(0, ratio) * Long.MAX_VALUE));
    }

    /// @param low the lower half of a trace id
    boolean samples(long low) {
        return bound == Long.MAX_VALUE || (low & Long.MAX_VALUE) < bound;
    }

    /// @param traceId 32 hexadecimal digits
    boolean samples(String traceId) {
        return samples(Long.parseUnsignedLong(traceId, HEX, 2 * HEX, HEX));
    }
}
