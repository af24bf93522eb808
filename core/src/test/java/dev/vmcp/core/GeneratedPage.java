package dev.vmcp.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A page under `docs/` that is written from code. Run the tests with `-Dvmcp.write-docs=true` to
/// write it anew.
public final class GeneratedPage {

    private GeneratedPage() {}

    public static void isUpToDate(String name, String text) throws IOException {
        var page = Path.of("").toAbsolutePath().resolveSibling("docs").resolve(name);
        if (Boolean.getBoolean("vmcp.write-docs")) {
            Files.writeString(page, text);
        }
        assertThat(page)
                .as("write it anew with -Dvmcp.write-docs=true")
                .usingCharset("UTF-8")
                .hasContent(text);
    }
}
