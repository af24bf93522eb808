package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a run of the conformance kit showed: a row for each capability, a column for each driver
/// with its version and the way it was run.
final class Matrix {

    /// What the kit ran on.
    record Column(String backend, String version, String variant, boolean real) {

        static Column of(Results.Line line) {
            return new Column(line.backend(), line.version(), line.variant(), line.real());
        }

        List<String> heading() {
            return List.of(backend, real ? version : "stand-in", variant);
        }
    }

    private static final Comparator<Column> ORDER =
            Comparator.comparing(Column::real)
                    .reversed()
                    .thenComparing(Column::backend)
                    .thenComparing(Column::version)
                    .thenComparing(Column::variant);

    private final Map<Column, List<Results.Line>> columns;

    Matrix(List<Results.Line> lines) {
        columns =
                lines.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Column::of,
                                        () -> new TreeMap<>(ORDER),
                                        Collectors.toList()));
    }

    /// Prints the matrix of the results in a directory; with a second argument writes the table
    /// that ships there. Exits with 1 when a case failed or a real driver is below its floor.
    public static void main(String[] arguments) throws IOException {
        var matrix = new Matrix(Results.read(Path.of(arguments[0])));
        matrix.print(System.out);
        var faults = matrix.faults();
        faults.forEach(System.out::println);
        if (arguments.length > 1 && faults.isEmpty()) {
            matrix.write(Path.of(arguments[1]));
        }
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    /// Why the run is not good enough.
    List<String> faults() throws IOException {
        var faults = new ArrayList<String>();
        for (var column : columns.keySet()) {
            lines(column, "", Results.FAILED)
                    .forEach(line ->
                            faults.add(
                                    "failed: "
                                            + name(column)
                                            + ": "
                                            + line.test()
                                            + ": "
                                            + line.reason()));
            for (var name : Floor.of(column.backend())) {
                if (!lines(column, name.wire(), Results.REFUSED).isEmpty()) {
                    faults.add(name(column) + " is below its floor: " + name.wire());
                }
            }
        }
        return faults;
    }

    void print(PrintStream out) {
        var table = new ArrayList<List<String>>();
        for (var row = 0; row < 3; row++) {
            var line = new ArrayList<String>(List.of(row == 0 ? "capability" : ""));
            for (var column : columns.keySet()) {
                line.add(column.heading().get(row));
            }
            table.add(line);
        }
        for (var name : CapabilityName.values()) {
            var line = new ArrayList<String>(List.of(name.wire()));
            columns.keySet().forEach(column -> line.add(cell(column, name)));
            table.add(line);
        }
        for (var outcome :
                List.of(Results.PROVEN, Results.REFUSED, Results.SKIPPED, Results.FAILED)) {
            var line = new ArrayList<String>(List.of("cases " + outcome));
            columns.keySet().forEach(column -> line.add("" + lines(column, "", outcome).size()));
            table.add(line);
        }
        aligned(table).forEach(out::println);
        out.println();
        reasons().forEach(out::println);
    }

    private static List<String> aligned(List<List<String>> table) {
        var widths = new int[table.getFirst().size()];
        for (var line : table) {
            for (var i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        return table.stream()
                .map(line -> {
                    var text = new StringBuilder();
                    for (var i = 0; i < widths.length; i++) {
                        text.append(line.get(i)).repeat(' ', widths[i] + 2 - line.get(i).length());
                    }
                    return text.toString().stripTrailing();
                })
                .toList();
    }

    /// Why something is unsupported or unproven, the drivers with the same reason together.
    private List<String> reasons() {
        var by = new LinkedHashMap<String, List<String>>();
        for (var column : columns.keySet()) {
            for (var name : CapabilityName.values()) {
                var verdict = verdict(List.of(column), name);
                if (verdict.isPresent() && !verdict.get().status().equals("proven")) {
                    by.computeIfAbsent(
                                    name(column)
                                            + ", "
                                            + verdict.get().status()
                                            + ": "
                                            + verdict.get().reason(),
                                    _ -> new ArrayList<>())
                            .add(name.wire());
                }
            }
        }
        return by.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + String.join(", ", entry.getValue()))
                .toList();
    }

    private String cell(Column column, CapabilityName name) {
        return verdict(List.of(column), name)
                .map(row ->
                        row.cases() > 0 ? row.status() + " (" + row.cases() + ")" : row.status())
                .orElse("-");
    }

    /// The rows of the table that ships: of real programs only, all ways of running one together.
    List<ProvenTable.Row> rows() {
        var programs = new LinkedHashMap<String, List<Column>>();
        columns.keySet().stream()
                .filter(Column::real)
                .forEach(column ->
                        programs.computeIfAbsent(
                                        column.backend() + " " + column.version(),
                                        _ -> new ArrayList<>())
                                .add(column));
        return programs.values().stream()
                .flatMap(all ->
                        Arrays.stream(CapabilityName.values())
                                .flatMap(name -> verdict(all, name).stream()))
                .toList();
    }

    private Optional<ProvenTable.Row> verdict(List<Column> together, CapabilityName name) {
        var lines =
                together.stream()
                        .flatMap(column -> columns.getOrDefault(column, List.of()).stream())
                        .filter(line -> line.capability().equals(name.wire()))
                        .toList();
        for (var outcome :
                List.of(Results.FAILED, Results.PROVEN, Results.REFUSED, Results.SKIPPED)) {
            var such = lines.stream().filter(line -> line.outcome().equals(outcome)).toList();
            if (!such.isEmpty()) {
                var status =
                        switch (outcome) {
                            case Results.PROVEN -> "proven";
                            case Results.REFUSED -> "unsupported";
                            case Results.SKIPPED -> "unproven";
                            default -> "failed";
                        };
                var proven = outcome.equals(Results.PROVEN);
                return Optional.of(
                        new ProvenTable.Row(
                                together.getFirst().backend(),
                                together.getFirst().version(),
                                name,
                                status,
                                proven ? such.size() : 0,
                                proven ? "" : such.getFirst().reason()));
            }
        }
        return Optional.empty();
    }

    /// Replaces what the table says of the versions that ran, and leaves the others.
    private void write(Path file) throws IOException {
        var fresh = rows();
        var kept =
                ProvenTable.parse(Files.exists(file) ? Files.readString(file) : "").rows().stream()
                        .filter(old ->
                                fresh.stream()
                                        .noneMatch(row ->
                                                row.backend().equals(old.backend())
                                                        && row.version().equals(old.version())));
        var all =
                Stream.concat(kept, fresh.stream())
                        .sorted(
                                Comparator.comparing(ProvenTable.Row::backend)
                                        .thenComparing(ProvenTable.Row::version))
                        .map(ProvenTable.Row::line)
                        .toList();
        Files.write(file, all);
    }

    private List<Results.Line> lines(Column column, String capability, String outcome) {
        return columns.getOrDefault(column, List.of()).stream()
                .filter(line ->
                        line.capability().equals(capability) && line.outcome().equals(outcome))
                .toList();
    }

    private static String name(Column column) {
        return column.heading().stream()
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
