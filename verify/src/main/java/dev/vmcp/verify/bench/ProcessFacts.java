package dev.vmcp.verify.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What one process holds, as `/proc` says.
record ProcessFacts(long residentBytes, int threads, int descriptors) {

    static ProcessFacts of(long pid) throws IOException {
        var place = Path.of("/proc", Long.toString(pid));
        return new ProcessFacts(resident(place), entries(place, "task"), entries(place, "fd"));
    }

    private static long resident(Path place) throws IOException {
        try (var lines = Files.lines(place.resolve("status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(kibibytes -> Long.parseLong(kibibytes) << 10)
                    .findFirst()
                    .orElse(0);
        }
    }

    private static int entries(Path place, String name) throws IOException {
        try (var entries = Files.list(place.resolve(name))) {
            return (int) entries.count();
        }
    }
}
