package dev.vmcp.verify.e2e;

import dev.vmcp.host.guest.TinyGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;

/// The JSON examples of the published configuration guide, as they stand there but for where their
/// files lie.
///
/// @param directory takes the files
record Guide(Path directory) {

    private static final Pattern PATH = Pattern.compile("\"/((?:opt|var|dev)/[^\"]+)\"");

    /// The example with its files in the directory, where they are made.
    String placed(String example) {
        try (var source = Guide.class.getResourceAsStream("/guide/" + example + ".json")) {
            if (source == null) {
                throw new IllegalStateException("no example " + example);
            }
            var json = new String(source.readAllBytes(), StandardCharsets.UTF_8);
            for (var match : PATH.matcher(json).results().toList()) {
                var _ = place(match.group(1));
            }
            return PATH.matcher(json).replaceAll("\"" + directory + "/$1\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path place(String name) throws IOException {
        var file = directory.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        if (name.contains("/kernels/")) {
            TinyGuest.writeTo(file);
        } else if (!name.endsWith(".log") && !Files.exists(file)) {
            Files.write(file, new byte[1 << 20]);
        }
        return file;
    }
}
