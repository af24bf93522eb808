package dev.vmcp.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Which release of vmcp this is; the build writes it beside this class.
final class Release {

    private Release() {}

    /// As in `0.1.0`.
    static String version() {
        try (var in = Release.class.getResourceAsStream("version.txt")) {
            return in == null
                    ? "unknown"
                    : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
