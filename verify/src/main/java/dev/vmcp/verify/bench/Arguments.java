package dev.vmcp.verify.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a benchmark was told: `--name value` pairs of whole numbers.
record Arguments(Map<String, Integer> values) {

    Arguments {
        values = Map.copyOf(values);
    }

    /// @throws IllegalArgumentException when a word is no `--name` or has no number after it
    static Arguments of(List<String> words) {
        var values = new TreeMap<String, Integer>();
        for (int i = 0; i < words.size(); i += 2) {
            var name = words.get(i);
            if (!name.startsWith("--") || i + 1 == words.size()) {
                throw new IllegalArgumentException("argument: " + name + " (expected: --name N)");
            }
            values.put(name.substring(2), Integer.parseInt(words.get(i + 1)));
        }
        return new Arguments(values);
    }

    int number(String name, int usual) {
        return values.getOrDefault(name, usual);
    }
}
