package dev.vmcp.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Reads one JSON text.
final class JsonReader {
    private static final int DEEPEST = 32;

    private final String text;
    private int position;

    private JsonReader(String text) {
        this.text = text;
    }

    /// @throws MalformedResponse when `text` is not one whole JSON value
    static Json parse(String text) throws MalformedResponse {
        var reader = new JsonReader(text);
        var value = reader.value(0);
        reader.skipBlanks();
        if (reader.position != text.length()) {
            throw reader.malformed("the end");
        }
        return value;
    }

    private Json value(int depth) throws MalformedResponse {
        if (depth > DEEPEST) {
            throw malformed("at most " + DEEPEST + " levels");
        }
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Text(string());
            default -> word();
        };
    }

    private Json object(int depth) throws MalformedResponse {
        var members = new LinkedHashMap<String, Json>();
        expect('{');
        while (peek() != '}') {
            if (!members.isEmpty()) {
                expect(',');
            }
            peek();
            var name = string();
            expect(':');
            members.put(name, value(depth + 1));
        }
        expect('}');
        return new Json.Obj(members);
    }

    private Json array(int depth) throws MalformedResponse {
        var items = new ArrayList<Json>();
        expect('[');
        while (peek() != ']') {
            if (!items.isEmpty()) {
                expect(',');
            }
            items.add(value(depth + 1));
        }
        expect(']');
        return new Json.Arr(items);
    }

    private Json word() throws MalformedResponse {
        var start = position;
        while (position < text.length() && "{}[],:\" \t\r\n".indexOf(text.charAt(position)) < 0) {
            position++;
        }
        if (start == position) {
            throw malformed("a value");
        }
        return new Json.Word(text.substring(start, position));
    }

    private String string() throws MalformedResponse {
        expect('"');
        var read = new StringBuilder();
        while (position < text.length()) {
            var next = text.charAt(position++);
            if (next == '"') {
                return read.toString();
            }
            read.append(next == '\\' ? escaped() : next);
        }
        throw malformed("a closing quote");
    }

    private char escaped() throws MalformedResponse {
        if (position >= text.length()) {
            throw malformed("an escape");
        }
        var kind = text.charAt(position++);
        return switch (kind) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case '"', '\\', '/' -> kind;
            case 'u' -> unicode();
            default -> throw malformed("an escape");
        };
    }

    private char unicode() throws MalformedResponse {
        if (position + 4 > text.length()) {
            throw malformed("four hex digits");
        }
        try {
            var code = Integer.parseInt(text.substring(position, position + 4), 16);
            position += 4;
            return (char) code;
        } catch (NumberFormatException e) {
            throw malformed("four hex digits");
        }
    }

    private char peek() throws MalformedResponse {
        skipBlanks();
        if (position >= text.length()) {
            throw malformed("more");
        }
        return text.charAt(position);
    }

    private void expect(char wanted) throws MalformedResponse {
        if (peek() != wanted) {
            throw malformed("'" + wanted + "'");
        }
        position++;
    }

    private void skipBlanks() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private MalformedResponse malformed(String expected) {
        return new MalformedResponse("JSON at " + position + " (expected: " + expected + ")");
    }
}
