package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    @TempDir private Path directory;

    @Test
    void noValueCanForgeALine() throws Exception {
        var file = directory.resolve("audit.log");
        try (var log = new AuditLog(file, 1 << 20)) {
            log.append(Map.of("caller", "x\n{\"caller\":\"root\"}\u2028"));
            log.append(Map.of("caller", "y"));
        }

        var lines = Files.readString(file).split("\n", -1);
        assertThat(lines).hasSize(3);
        assertThat(lines[0]).startsWith("{\"caller\":\"x\\n{").endsWith("}");
        assertThat(lines[2]).isEmpty();
    }

    @Test
    void itGrowsOverRestartsAndKeepsAFewFilesAtItsLimit() throws Exception {
        var file = directory.resolve("audit.log");
        for (int i = 0; i < 100; i++) {
            try (var log = new AuditLog(file, 100)) {
                log.append(Map.of("entry", "number " + i));
            }
        }

        assertThat(Files.readString(file)).contains("number 99");
        try (var all = Files.list(directory)) {
            assertThat(all)
                    .hasSize(AuditLog.KEPT + 1)
                    .allSatisfy(one -> assertThat(Files.size(one)).isLessThanOrEqualTo(100));
        }
        assertThat(Files.readString(directory.resolve("audit.log.1"))).doesNotContain("number 99");
    }
}
