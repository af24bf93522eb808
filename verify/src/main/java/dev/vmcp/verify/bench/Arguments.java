package dev.vmcp.verify.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a benchmark was told: `--name value` pairs.
record Arguments(Map<String, String> values) {

    Arguments {
        values = Map.copyOf(values);
    }

    /// @throws IllegalArgumentException when a word is no `--name` or has no value after it
    static Arguments of(List<String> words) {
        var values = new TreeMap<String, String>();
        for (int i = 0; i < words.size(); i += 2) {
            var name = words.get(i);
            if (!name.startsWith("--") || i + 1 == words.size()) {
                throw new IllegalArgumentException("argument: " + name + " (expected: --name V)");
            }
            values.put(name.substring(2), words.get(i + 1));
        }
        return new Arguments(values);
    }

    String word(String name, String usual) {
        return values.getOrDefault(name, usual);
    }

    /// @throws IllegalArgumentException when it was given as something else than a whole number
    int number(String name, int usual) {
        var value = values.get(name);
        return value == null ? usual : Integer.parseInt(value);
    }
}
