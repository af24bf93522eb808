package dev.vmcp.platform.config;

import java.util.Collection;
import java.util.Comparator;

/// Finds the name that was probably meant.
final class Suggestion {
    /// One wrong letter in three is a slip; more is another word.
    private static final int LETTERS_PER_SLIP = 3;

    private Suggestion() {}

    /// `a known key; did you mean api.port?`, or without the question when nothing is near.
    static String expected(String what, String given, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(name -> distance(given, name)))
                .filter(name -> distance(given, name) <= given.length() / LETTERS_PER_SLIP)
                .map(name -> what + "; did you mean " + name + "?")
                .orElse(what);
    }

    /// How many letters must be added, removed or changed.
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                var change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
