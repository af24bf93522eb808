package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The record of a run of the kit: one line for each capability of each case, in the directory that
/// the system property `vmcp.conformance` names.
final class Results {

    static final String PROVEN = "proven";

    /// The driver does not claim it, and refused it as it should.
    static final String REFUSED = "refused";

    /// It could not be shown here.
    static final String SKIPPED = "skipped";

    static final String FAILED = "failed";

    private static final String DIRECTORY = "vmcp.conformance";

    /// One line of the record.
    ///
    /// @param capability its name on the wire; empty for a case that proves none in particular
    /// @param reason why the driver lacks it, why it could not be shown, or how the case failed
    record Line(
            String backend,
            String version,
            String variant,
            boolean real,
            String capability,
            String outcome,
            String test,
            String reason) {

        static Line parse(String text) {
            var f = text.split("\\t", -1);
            return new Line(f[0], f[1], f[2], f[3].equals("real"), f[4], f[5], f[6], f[7]);
        }

        @Override
        public String toString() {
            return String.join(
                    "\t",
                    backend,
                    version,
                    variant,
                    real ? "real" : "stand-in",
                    capability,
                    outcome,
                    test,
                    reason.replaceAll("\\s+", " "));
        }
    }

    /// One case that runs.
    record Result(Kit kit, List<CapabilityName> names, ExtensionContext context) {

        void came(String outcome, String reason) {
            var directory = System.getProperty(DIRECTORY, "");
            if (!directory.isEmpty()) {
                write(Path.of(directory), lines(outcome, reason));
            }
        }

        private List<Line> lines(String outcome, String reason) {
            var lines = new ArrayList<Line>();
            lines.add(line("", outcome, reason));
            for (var name : names) {
                var claimed = kit.claims(name);
                // A case about several shows nothing of one when another is missing.
                if (claimed && outcome.equals(REFUSED)) {
                    continue;
                }
                lines.add(
                        claimed
                                ? line(name.wire(), outcome, reasonOf(name, reason))
                                : line(
                                        name.wire(),
                                        outcome.equals(FAILED) ? FAILED : REFUSED,
                                        kit.claim(name).reason()));
            }
            return lines;
        }

        private String reasonOf(CapabilityName name, String reason) {
            return kit.stage().unshown().getOrDefault(name, reason);
        }

        private Line line(String capability, String outcome, String reason) {
            return new Line(
                    kit.driver().name(),
                    ProvenTable.release(kit.installed().version()),
                    kit.stage().variant(),
                    kit.stage().real(),
                    capability,
                    outcome,
                    context.getRequiredTestMethod().getName(),
                    reason);
        }

        private void write(Path directory, List<Line> lines) {
            var file = directory.resolve(context.getRequiredTestClass().getSimpleName() + ".tsv");
            try {
                Files.createDirectories(directory);
                Files.write(
                        file,
                        lines.stream().map(Line::toString).toList(),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Results() {}

    /// Everything that was recorded in a directory.
    static List<Line> read(Path directory) throws IOException {
        var all = new ArrayList<Line>();
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                for (var file : files.sorted().toList()) {
                    Files.readAllLines(file).stream().map(Line::parse).forEach(all::add);
                }
            }
        }
        return all;
    }
}
