package dev.vmcp.host.vmm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds programs as a shell would.
public final class SearchPath {

    private static final String USUAL =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private SearchPath() {}

    /// @param program a name, or a path when it has a slash
    public static Optional<Path> find(String program, Map<String, String> environment) {
        if (program.indexOf('/') >= 0) {
            return Optional.of(Path.of(program).toAbsolutePath()).filter(SearchPath::runs);
        }
        return Stream.of(environment.getOrDefault("PATH", USUAL).split(":"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, program))
                .filter(SearchPath::runs)
                .findFirst();
    }

    static boolean runs(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
