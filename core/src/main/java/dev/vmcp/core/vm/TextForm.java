package dev.vmcp.core.vm;

/// The forms of text that a spec may hold.
final class TextForm {

    /// PATH_MAX of Linux less the NUL.
    static final int LONGEST_PATH = 4095;

    static final String PATH =
            "an absolute path of at most " + LONGEST_PATH + " bytes without control characters";

    private TextForm() {}

    static boolean path(String text) {
        return text.startsWith("/") && line(text) && bytes(text) <= LONGEST_PATH;
    }

    /// One line of proper text: no control characters and no broken surrogate pairs.
    static boolean line(String text) {
        return text.codePoints().noneMatch(c -> Character.isISOControl(c) || broken(c));
    }

    /// Text that any database and program takes: line ends and tabs are fine, NUL is not.
    static boolean prose(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || broken(c));
    }

    /// The length in UTF-8.
    static long bytes(String text) {
        return text.codePoints().mapToLong(TextForm::bytes).sum();
    }

    private static int bytes(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }

    private static boolean broken(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE;
    }
}
