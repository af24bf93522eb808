package dev.vmcp.host.endpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The comments of a .proto file, which what is generated from it does not keep: by the dotted name
/// of what they stand above, and that of the file by the empty name. Reads our own files, in which
/// a declaration begins a line.
final class ProtoComments {

    private static final Pattern BLOCK =
            Pattern.compile("(?:message|enum|service|rpc|oneof)\\s+(\\w+).*");
    private static final Pattern FIELD =
            Pattern.compile("(?:repeated |optional )?(?:[\\w.]+|map<[^>]+>)\\s+(\\w+) = \\d+.*");
    private static final Pattern VALUE = Pattern.compile("(\\w+) = \\d+;.*");

    private final Map<String, String> comments = new HashMap<>();
    private final ArrayDeque<String> open = new ArrayDeque<>();
    private final StringBuilder pending = new StringBuilder();

    private ProtoComments() {}

    static Map<String, String> of(Path file) throws IOException {
        var read = new ProtoComments();
        Files.readAllLines(file).forEach(line -> read.line(line.strip()));
        return read.comments;
    }

    private void line(String line) {
        if (line.startsWith("//")) {
            pending.append(pending.isEmpty() ? "" : " ").append(line.substring(2).strip());
            return;
        }
        var block = BLOCK.matcher(line);
        var field = FIELD.matcher(line);
        var value = VALUE.matcher(line);
        if (line.startsWith("package ")) {
            keep("");
        } else if (block.matches()) {
            keep(named(block.group(1)));
            if (line.endsWith("{")) {
                open.addLast(block.group(1));
            }
        } else if (line.equals("}")) {
            open.removeLast();
        } else if (field.matches()) {
            keep(named(field.group(1)));
        } else if (value.matches()) {
            keep(named(value.group(1)));
        }
        pending.setLength(0);
    }

    private String named(String name) {
        return open.isEmpty() ? name : String.join(".", open) + "." + name;
    }

    private void keep(String name) {
        if (!pending.isEmpty()) {
            comments.put(name, pending.toString());
        }
    }
}
