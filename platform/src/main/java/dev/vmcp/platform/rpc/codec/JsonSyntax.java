package dev.vmcp.platform.rpc.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// Checks a body against RFC 8259 to the letter, because the parser behind it is lenient: it takes
/// comments, single quotes, bare names, duplicate names and whatever follows the value.
final class JsonSyntax {
    static final int MAX_DEPTH = 64;
    private static final int FEW = 8;

    private final byte[] text;
    private int at;

    private JsonSyntax(byte[] text) {
        this.text = text;
    }

    /// Passes for exactly one JSON value, which must be an object if `object` says so.
    static void check(byte[] text, boolean object) throws BadMessageException {
        var syntax = new JsonSyntax(text);
        syntax.space();
        if (syntax.at == text.length) {
            throw syntax.bad("body is empty");
        }
        if (object && syntax.peek() != '{') {
            throw syntax.bad("an object must begin here");
        }
        syntax.value(0);
        syntax.space();
        if (syntax.at < text.length) {
            throw syntax.bad("nothing may follow the value");
        }
    }

    private void value(int depth) throws BadMessageException {
        if (depth > MAX_DEPTH) {
            throw bad("nested deeper than " + MAX_DEPTH);
        }
        switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void object(int depth) throws BadMessageException {
        at++;
        var names = new Names();
        space();
        if (peek() == '}') {
            at++;
            return;
        }
        while (true) {
            space();
            if (peek() != '"') {
                throw bad("a name in double quotes must stand here");
            }
            int start = at;
            string();
            names.add(start, at);
            space();
            expect(':', "':' must follow a name");
            space();
            value(depth + 1);
            space();
            if (peek() == '}') {
                at++;
                return;
            }
            expect(',', "',' or '}' must follow a value");
        }
    }

    private void array(int depth) throws BadMessageException {
        at++;
        space();
        if (peek() == ']') {
            at++;
            return;
        }
        while (true) {
            space();
            value(depth + 1);
            space();
            if (peek() == ']') {
                at++;
                return;
            }
            expect(',', "',' or ']' must follow a value");
        }
    }

    private void string() throws BadMessageException {
        at++;
        while (at < text.length) {
            int c = text[at++];
            if (c == '"') {
                return;
            }
            if (c >= 0 && c < 0x20) {
                at--;
                throw bad("a control character in a string must be escaped");
            }
            if (c == '\\') {
                escape();
            }
        }
        throw bad("the string does not end");
    }

    private void escape() throws BadMessageException {
        int c = peek();
        at++;
        if (c == 'u') {
            for (int i = 0; i < 4; i++, at++) {
                if (Character.digit(peek(), 16) < 0) {
                    throw bad("\\u needs four hexadecimal digits");
                }
            }
        } else if ("\"\\/bfnrt".indexOf(c) < 0) {
            at--;
            throw bad("no such escape");
        }
    }

    private void word(String word) throws BadMessageException {
        for (int i = 0; i < word.length(); i++, at++) {
            if (peek() != word.charAt(i)) {
                throw bad("a JSON value must stand here");
            }
        }
    }

    private void number() throws BadMessageException {
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
    }

    private void digits() throws BadMessageException {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            throw bad("a JSON value must stand here");
        }
    }

    private void space() {
        while (at < text.length
                && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
    }

    private int peek() {
        return at < text.length ? text[at] : -1;
    }

    private void expect(char wanted, String otherwise) throws BadMessageException {
        if (peek() != wanted) {
            throw bad(otherwise);
        }
        at++;
    }

    private BadMessageException bad(String what) {
        return BadMessageException.malformed("body is not valid JSON: byte " + at + ": " + what);
    }

    /// The names of one object; few are compared in place, many go into a set.
    private final class Names {
        private final int[] spans = new int[FEW * 2];
        private int count;
        private Set<String> many = Set.of();

        void add(int start, int end) throws BadMessageException {
            boolean seen = false;
            if (count < FEW) {
                for (int i = 0; i < count && !seen; i++) {
                    seen = Arrays.equals(text, spans[2 * i], spans[2 * i + 1], text, start, end);
                }
                spans[2 * count] = start;
                spans[2 * count + 1] = end;
            } else {
                if (count == FEW) {
                    many = new HashSet<>();
                }
                for (int i = 0; count == FEW && i < FEW; i++) {
                    many.add(name(spans[2 * i], spans[2 * i + 1]));
                }
                seen = !many.add(name(start, end));
            }
            count++;
            if (seen) {
                at = start;
                throw bad("the name " + shown(start, end) + " stands twice in one object");
            }
        }

        private String name(int start, int end) {
            return new String(text, start, end - start, StandardCharsets.UTF_8);
        }

        private String shown(int start, int end) {
            return name(start, Math.min(end, start + 64));
        }
    }
}
