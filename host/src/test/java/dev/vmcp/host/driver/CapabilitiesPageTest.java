package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.CapabilityName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `docs/capabilities.md` is made from the table that ships. Renew it with
/// `-Dvmcp.write-docs=true`.
final class CapabilitiesPageTest {

    private static final Path PAGE = Path.of("..", "docs", "capabilities.md");

    private static final String HEAD =
            """
            # What each hypervisor can do

            Shown by the conformance kit on the real programs (`./run conformance --write`), by version. A version that is
            not here is served as `unproven`, and so is what nothing has shown. `vmcp capabilities` says it for the programs
            of your host. What is unsupported is refused when a VM is created or the call is made, before anything is
            touched.

            """;

    private final ProvenTable table = ProvenTable.shipped();

    @Test
    void thePageSaysWhatTheTableSays() throws IOException {
        if (Boolean.getBoolean("vmcp.write-docs")) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE))
                .as("renew it with -Dvmcp.write-docs=true")
                .isEqualTo(page());
    }

    @Test
    void everythingInTheTableWasShownOrHasAReason() {
        assertThat(table.rows())
                .isNotEmpty()
                .allSatisfy(row -> {
                    assertThat(row.status()).isIn("proven", "unsupported", "unproven");
                    assertThat(row.cases() > 0).isEqualTo(row.status().equals("proven"));
                    assertThat(row.reason().isBlank()).isEqualTo(row.status().equals("proven"));
                });
    }

    private String page() {
        var programs =
                table.rows().stream()
                        .map(row -> row.backend() + " " + row.version())
                        .distinct()
                        .toList();
        var page = new StringBuilder(HEAD);
        page.append("| capability | ").append(String.join(" | ", programs)).append(" |\n");
        page.append("|---|").append("---|".repeat(programs.size())).append("\n");
        for (var name : CapabilityName.values()) {
            page.append("| `").append(name.wire()).append("` ").append(name.meaning());
            for (var program : programs) {
                page.append(" | ").append(cell(program, name));
            }
            page.append(" |\n");
        }
        for (var program : programs) {
            page.append("\n## ").append(program).append(": what is missing, and why\n\n");
            reasons(program).forEach(line -> page.append("- ").append(line).append("\n"));
        }
        return page.toString();
    }

    private String cell(String program, CapabilityName name) {
        return rows(program).stream()
                .filter(row -> row.capability() == name)
                .findFirst()
                .map(row ->
                        switch (row.status()) {
                            case "proven" -> "yes (" + row.cases() + ")";
                            case "unsupported" -> "no";
                            default -> "unproven";
                        })
                .orElse("unproven");
    }

    private List<String> reasons(String program) {
        return rows(program).stream()
                .filter(row -> !row.status().equals("proven"))
                .collect(
                        Collectors.groupingBy(
                                row -> row.status() + ": " + row.reason(),
                                LinkedHashMap::new,
                                Collectors.mapping(
                                        row -> "`" + row.capability().wire() + "`",
                                        Collectors.joining(", "))))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .toList();
    }

    private List<ProvenTable.Row> rows(String program) {
        return table.rows().stream()
                .filter(row -> (row.backend() + " " + row.version()).equals(program))
                .toList();
    }
}
