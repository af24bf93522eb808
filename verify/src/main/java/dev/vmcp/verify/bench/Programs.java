package dev.vmcp.verify.bench;

import dev.vmcp.host.vmm.SearchPath;

/// The programs of others that a benchmark starts.
final class Programs {

    private Programs() {}

    /// @throws IllegalStateException when it is not installed
    static String path(String name) {
        return SearchPath.find(name, System.getenv())
                .orElseThrow(() ->
                        new IllegalStateException(name + ": not on PATH (expected: installed)"))
                .toString();
    }
}
