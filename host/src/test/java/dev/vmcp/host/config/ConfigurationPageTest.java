package dev.vmcp.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/configuration.md` is made from the declarations. Renew it with `-Dvmcp.write-docs=true`.
final class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageSaysWhatTheDeclarationsSay() throws IOException {
        if (Boolean.getBoolean("vmcp.write-docs")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, HostConfig.reference());
        }

        assertThat(Files.readString(PAGE))
                .as("renew it with -Dvmcp.write-docs=true")
                .isEqualTo(HostConfig.reference());
    }
}
