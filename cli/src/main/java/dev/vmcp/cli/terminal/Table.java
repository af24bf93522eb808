package dev.vmcp.cli.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Rows under a heading, each column as wide as its widest cell.
public final class Table {
    private static final String GAP = "  ";

    /// One cell.
    public record Cell(String text, Colour colour) {
        public static Cell of(String text) {
            return new Cell(text, Colour.PLAIN);
        }
    }

    private final List<List<Cell>> rows = new ArrayList<>();

    public Table(String... heading) {
        rows.add(List.of(heading).stream().map(name -> new Cell(name, Colour.BOLD)).toList());
    }

    /// Adds a row of as many cells as the heading has.
    public void add(List<Cell> row) {
        if (row.size() != rows.getFirst().size()) {
            throw new IllegalStateException(
                    "cells: " + row.size() + " (expected: " + rows.getFirst().size() + ")");
        }
        rows.add(
                row.stream()
                        .map(cell -> new Cell(Terminal.harmless(cell.text()), cell.colour()))
                        .toList());
    }

    public void print(PrintStream out, boolean colours) {
        var widths = widths();
        for (var row : rows) {
            var line = new StringBuilder();
            var pending = 0;
            for (var column = 0; column < widths.length; column++) {
                var cell = row.get(column);
                if (!cell.text().isEmpty()) {
                    line.repeat(' ', pending).append(cell.colour().paint(cell.text(), colours));
                    pending = 0;
                }
                pending += widths[column] - length(cell.text()) + GAP.length();
            }
            out.println(line);
        }
    }

    private int[] widths() {
        var widths = new int[rows.getFirst().size()];
        for (var row : rows) {
            for (var column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], length(row.get(column).text()));
            }
        }
        return widths;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
