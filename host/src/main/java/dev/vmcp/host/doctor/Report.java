package dev.vmcp.host.doctor;

import java.io.PrintStream;
import java.util.List;

/// Findings as people read them, each with its cure on the line below.
public final class Report {
    private static final String GAP = "  ";

    private final List<Finding> findings;

    public Report(List<Finding> findings) {
        this.findings = List.copyOf(findings);
    }

    /// Whether VMs can run here.
    public boolean healthy() {
        return findings.stream().noneMatch(f -> f.level() == Finding.Level.BROKEN);
    }

    public void print(PrintStream out) {
        var width = findings.stream().mapToInt(f -> f.subject().length()).max().orElse(0);
        for (var finding : findings) {
            var subject = finding.subject() + " ".repeat(width - finding.subject().length());
            out.println(mark(finding.level()) + GAP + subject + GAP + finding.fact());
            if (!finding.cure().isEmpty()) {
                out.println("        " + " ".repeat(width) + "cure: " + finding.cure());
            }
        }
        out.println();
        out.println(
                healthy()
                        ? "This machine runs VMs. Next: vmcp host"
                        : "This machine does not run VMs yet: cure what is marked FAIL.");
    }

    private static String mark(Finding.Level level) {
        return switch (level) {
            case GOOD -> "ok  ";
            case LIMITED -> "note";
            case BROKEN -> "FAIL";
        };
    }
}
