package dev.vmcp.host.driver;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the conformance kit has shown of each backend, on the real program and by its version. The
/// table ships with us; what it lacks is unproven. Safe for use by many threads.
public final class ProvenTable {

    private static final String FILE = "proven.tsv";
    private static final int FIELDS = 6;

    /// One capability of one version.
    ///
    /// @param status `proven`, `unsupported` or `unproven`
    /// @param cases how many cases of the kit showed it
    /// @param reason why not; empty where it is proven
    public record Row(
            String backend,
            String version,
            CapabilityName capability,
            String status,
            int cases,
            String reason) {

        /// As the file has it.
        public String line() {
            return String.join(
                    "\t",
                    backend,
                    version,
                    capability.wire(),
                    status,
                    Integer.toString(cases),
                    reason);
        }
    }

    private final List<Row> rows;

    ProvenTable(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    /// The table that ships with us.
    public static ProvenTable shipped() {
        try (var file = ProvenTable.class.getResourceAsStream(FILE)) {
            return parse(
                    new String(
                            Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ProvenTable parse(String text) {
        return new ProvenTable(text.lines().map(ProvenTable::row).toList());
    }

    private static Row row(String line) {
        var fields = line.split("\t", -1);
        var capability =
                fields.length == FIELDS
                        ? CapabilityName.ofWire(fields[2])
                        : Optional.<CapabilityName>empty();
        if (capability.isEmpty()) {
            throw new IllegalStateException(
                    "line of " + FILE + ": " + line + " (expected: six fields)");
        }
        return new Row(
                fields[0],
                fields[1],
                capability.get(),
                fields[3],
                Integer.parseInt(fields[4]),
                fields[5]);
    }

    public List<Row> rows() {
        return rows;
    }

    /// The versions of a backend that the kit ran on.
    public List<String> versions(String backend) {
        return rows.stream()
                .filter(row -> row.backend().equals(backend))
                .map(Row::version)
                .distinct()
                .toList();
    }

    /// Whether the kit ran on this version.
    public boolean covers(String backend, String version) {
        return versions(backend).contains(release(version));
    }

    /// The release that a version is of. A build of its sources that somebody changed says so at
    /// the end, by `-dirty`; a Cloud Hypervisor built without its history counts a third number
    /// (53.0.0), which its releases do not (53.0).
    static String release(String version) {
        return version.replaceFirst("-dirty$", "").replaceFirst("^(\\d+\\.\\d+)\\.0$", "$1");
    }

    /// What a driver claims, no further than it was shown.
    public Capability judge(String backend, String installed, Capability claim) {
        var version = release(installed);
        if (claim.status() != Capability.Status.SUPPORTED) {
            return claim;
        }
        var versions = versions(backend);
        if (!versions.contains(version)) {
            return Capability.unproven(
                    claim.name(),
                    versions.isEmpty()
                            ? "no version of " + backend + " was tested"
                            : "tested with "
                                    + versions.stream().collect(Collectors.joining(", "))
                                    + " only");
        }
        return rows.stream()
                .filter(row ->
                        row.backend().equals(backend)
                                && row.version().equals(version)
                                && row.capability() == claim.name())
                .findFirst()
                .map(row ->
                        row.status().equals("proven")
                                ? claim
                                : Capability.unproven(claim.name(), row.reason()))
                .orElseGet(() -> Capability.unproven(claim.name(), "no test shows it"));
    }
}
