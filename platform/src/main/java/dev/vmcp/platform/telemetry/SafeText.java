package dev.vmcp.platform.telemetry;

import java.util.HexFormat;

/// Text of strangers, made fit for a line of a log.
public final class SafeText {

    /// Longer text is cut: a hostile input must not flood the log.
    static final int LONGEST = 16_384;

    private static final HexFormat HEX = HexFormat.of();

    private SafeText() {}

    /// Appends the value as a JSON string.
    public static void quote(StringBuilder to, Object value) {
        to.append('"');
        append(to, value.toString(), true);
        to.append('"');
    }

    /// Appends the text with escapes for whatever a terminal or a line-wise reader could take for a
    /// command or the end of a line.
    static void show(StringBuilder to, String text) {
        append(to, text, false);
    }

    private static void append(StringBuilder to, String text, boolean quoted) {
        var end = Math.min(text.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            var c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < end
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                to.append(c).append(text.charAt(++i));
            } else if (quoted && (c == '"' || c == '\\')) {
                to.append('\\').append(c);
            } else if (dangerous(c)) {
                escape(to, c);
            } else {
                to.append(c);
            }
        }
        if (end < text.length()) {
            to.append('…');
        }
    }

    private static void escape(StringBuilder to, char c) {
        switch (c) {
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> to.append("\\u").append(HEX.toHexDigits(c));
        }
    }

    private static boolean dangerous(char c) {
        return Character.isISOControl(c)
                || Character.isSurrogate(c)
                || Character.getType(c) == Character.FORMAT
                || c == '\u2028'
                || c == '\u2029';
    }
}
