package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/// What a driver may not lose: the capabilities of the file `floors/<driver>`, one on a line.
final class Floor {

    private Floor() {}

    /// Empty where there is no such file.
    static Set<CapabilityName> of(String driver) throws IOException {
        try (var file = Floor.class.getResourceAsStream("floors/" + driver)) {
            return file == null
                    ? Set.of()
                    : new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                            .lines()
                            .filter(line -> !line.isBlank())
                            .map(line -> CapabilityName.ofWire(line.strip()).orElseThrow())
                            .collect(Collectors.toUnmodifiableSet());
        }
    }
}
