package dev.vmcp.platform.rpc.grpc;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// The header `grpc-timeout`: at most eight digits and a unit.
public final class GrpcTimeout {

    private GrpcTimeout() {}

    /// Nanoseconds, or empty when the text is not a timeout.
    public static OptionalLong nanos(String text) {
        int digits = text.length() - 1;
        if (digits < 1 || digits > 8) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return OptionalLong.empty();
            }
            value = value * 10 + (c - '0');
        }
        return switch (text.charAt(digits)) {
            case 'H' -> OptionalLong.of(TimeUnit.HOURS.toNanos(value));
            case 'M' -> OptionalLong.of(TimeUnit.MINUTES.toNanos(value));
            case 'S' -> OptionalLong.of(TimeUnit.SECONDS.toNanos(value));
            case 'm' -> OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(value));
            case 'u' -> OptionalLong.of(TimeUnit.MICROSECONDS.toNanos(value));
            case 'n' -> OptionalLong.of(value);
            default -> OptionalLong.empty();
        };
    }
}
