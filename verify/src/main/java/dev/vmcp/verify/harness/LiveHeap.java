package dev.vmcp.verify.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What a JVM has to keep, as its own `jcmd` tells. How much of its heap a JVM has touched says
/// little of that: it takes what it may have before it looks for what is no longer used.
public final class LiveHeap {

    private LiveHeap() {}

    /// Bytes of the objects that are left after a full collection, which this begins and waits for.
    ///
    /// @throws IllegalStateException when there is no such JVM
    public static long of(long pid) throws IOException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process =
                new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return said.lines()
                .filter(line -> line.startsWith("Total"))
                .map(line -> line.strip().split("\\s+"))
                .mapToLong(words -> Long.parseLong(words[2]))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("jcmd: " + said + " (expected: Total)"));
    }
}
