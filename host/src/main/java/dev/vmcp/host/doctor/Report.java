package dev.vmcp.host.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/// Findings as people read them, each with its cure on the line below, or as JSON.
public final class Report {
    private static final String GAP = "  ";
    private static final JsonFactory JSON = new JsonFactory();

    /// The last line.
    public record Verdict(String good, String bad) {}

    private final List<Finding> findings;
    private final Verdict verdict;

    public Report(List<Finding> findings, Verdict verdict) {
        this.findings = List.copyOf(findings);
        this.verdict = verdict;
    }

    /// Whether nothing is broken.
    public boolean healthy() {
        return findings.stream().noneMatch(f -> f.level() == Finding.Level.BROKEN);
    }

    public void print(PrintStream out, boolean json) {
        if (json) {
            out.println(json());
        } else {
            print(out);
        }
    }

    private void print(PrintStream out) {
        var width = findings.stream().mapToInt(f -> f.subject().length()).max().orElse(0);
        for (var finding : findings) {
            var subject = finding.subject() + " ".repeat(width - finding.subject().length());
            out.println(mark(finding.level()) + GAP + subject + GAP + finding.fact());
            if (!finding.cure().isEmpty()) {
                out.println("        " + " ".repeat(width) + "cure: " + finding.cure());
            }
        }
        out.println();
        out.println(healthy() ? verdict.good() : verdict.bad());
    }

    private String json() {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeBooleanField("healthy", healthy());
            json.writeArrayFieldStart("findings");
            for (var finding : findings) {
                json.writeStartObject();
                json.writeStringField("level", mark(finding.level()).strip());
                json.writeStringField("subject", finding.subject());
                json.writeStringField("fact", finding.fact());
                json.writeStringField("cure", finding.cure());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("write a report", e);
        }
        return text.toString();
    }

    private static String mark(Finding.Level level) {
        return switch (level) {
            case GOOD -> "ok  ";
            case LIMITED -> "note";
            case BROKEN -> "FAIL";
        };
    }
}
