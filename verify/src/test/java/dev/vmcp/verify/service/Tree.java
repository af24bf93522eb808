package dev.vmcp.verify.service;

import java.nio.file.Files;
import java.nio.file.Path;

/// Where the sources are.
final class Tree {

    private Tree() {}

    static Path root() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("run"))
                    && Files.isDirectory(at.resolve("dist/src/main"))) {
                return at;
            }
        }
        throw new IllegalStateException("run: in no directory above (expected: one)");
    }
}
