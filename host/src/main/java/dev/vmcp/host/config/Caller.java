package dev.vmcp.host.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Who started the program: on this hangs where its state is by default.
record Caller(boolean root, Path home, Map<String, String> environment) {

    static Caller of(Map<String, String> environment) {
        return new Caller(isRoot(), Path.of(System.getProperty("user.home", "/")), environment);
    }

    Path state() {
        if (root) {
            return Path.of("/var/lib/vmcp");
        }
        var base = environment.getOrDefault("XDG_STATE_HOME", "");
        // The XDG specification has relative paths ignored.
        return base.startsWith("/")
                ? Path.of(base, "vmcp")
                : home.resolve(".local").resolve("state").resolve("vmcp");
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
