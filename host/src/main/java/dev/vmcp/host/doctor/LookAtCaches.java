package dev.vmcp.host.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The caches for a fast start, as the launcher judges them: by what is in the jars.
///
/// @param home where the launchers are, with `lib` and `cache` beside them
public record LookAtCaches(Path home) implements Look {
    private static final String SUBJECT = "start caches";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) \\*(.+)");

    @Override
    public List<Finding> findings() {
        if (!Files.isDirectory(home.resolve("lib"))) {
            return List.of();
        }
        var stamp = home.resolve("cache/host.aot.contents");
        if (!Files.exists(stamp) || !Files.exists(home.resolve("cache/host.aot"))) {
            return List.of(slow("there are none in " + home.resolve("cache")));
        }
        try {
            return List.of(
                    stamped(stamp).equals(jars())
                            ? Finding.good(SUBJECT, "made of the jars in " + home.resolve("lib"))
                            : slow("made of other jars than those in " + home.resolve("lib")));
        } catch (IOException e) {
            return List.of(slow(String.valueOf(e.getMessage())));
        }
    }

    private Finding slow(String fact) {
        var maker = home.resolve("make-aot");
        return Finding.limited(
                SUBJECT,
                fact + ", so a start takes about a second longer",
                Files.exists(maker) ? maker + " " + home : "./run build");
    }

    private static Map<String, String> stamped(Path stamp) throws IOException {
        var sums = new HashMap<String, String>();
        for (var line : Files.readAllLines(stamp)) {
            var parts = LINE.matcher(line);
            if (parts.matches()) {
                sums.put(parts.group(2), parts.group(1));
            }
        }
        return sums;
    }

    private Map<String, String> jars() throws IOException {
        var sums = new HashMap<String, String>();
        try (var jars = Files.newDirectoryStream(home.resolve("lib"), "*.jar")) {
            for (var jar : jars) {
                var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
                sums.put(jar.getFileName().toString(), HexFormat.of().formatHex(digest));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: none (expected: in every Java)", e);
        }
        return sums;
    }
}
