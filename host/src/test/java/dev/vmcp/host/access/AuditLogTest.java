package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    /// What readers take for the end of a line, or terminals for a command: NEL, CSI, DEL, the
    /// separators of Unicode, and marks that turn the direction of writing.
    private static final String BREAKS = "\u0085\u009b\u007f\u2028\u2029\u202e";

    @TempDir private Path directory;

    @Test
    void noValueCanForgeALine() throws Exception {
        var file = directory.resolve("audit.log");
        try (var log = new AuditLog(file, 1 << 20)) {
            log.append(Map.of("caller", "x\n{\"caller\":\"root\"}" + BREAKS));
            log.append(Map.of("caller", "y"));
        }

        var lines = Files.readString(file).split("\n", -1);
        assertThat(lines).hasSize(3);
        assertThat(lines[0])
                .startsWith("{\"caller\":\"x\\n{")
                .endsWith("}\\u0085\\u009b\\u007f\\u2028\\u2029\\u202e\"}");
        assertThat(lines[2]).isEmpty();
    }

    @Test
    void aFileThatCouldNotBeRenamedIsWrittenToOnceItCan() throws Exception {
        var file = directory.resolve("audit.log");
        var inTheWay = directory.resolve("audit.log." + AuditLog.KEPT).resolve("in the way");
        Files.createDirectories(inTheWay);
        Files.writeString(directory.resolve("audit.log." + (AuditLog.KEPT - 1)), "older\n");
        try (var log = new AuditLog(file, 50)) {
            log.append(Map.of("entry", "the first, of some length"));
            log.append(Map.of("entry", "the second, which is in the way"));
            assertThat(Files.readString(file)).contains("first").doesNotContain("second");

            Files.delete(inTheWay);
            log.append(Map.of("entry", "the third"));
        }
        assertThat(Files.readString(file)).contains("third");
        assertThat(Files.readString(directory.resolve("audit.log.1"))).contains("first");
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
