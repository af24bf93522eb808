package dev.vmcp.verify.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What is untidy in a text; each answer is a list of findings, empty when all is well.
final class Tidy {

    static final int MOST_LINES = 400;
    static final int MEDIAN_LINES = 90;
    static final int MOST_METHOD_LINES = 60;

    /// Spelled in two halves, so that this file does not find itself.
    private static final Pattern LEFTOVER =
            Pattern.compile(
                    "\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b|(?i:\\bfor" + " now\\b)");

    private static final Pattern MACHINE =
            Pattern.compile("(?<![\\w<>}*.])/(ro" + "ot|wo" + "rk|Us" + "ers)\\b");

    private static final Pattern SLEEP = Pattern.compile("\\.sleep\\(");

    private static final Pattern VAGUE =
            Pattern.compile("(Impl|Managers?|Utils?|Helpers?|Common)(?![a-z])");

    private static final Pattern SENTENCE = Pattern.compile("(?m)^/// \\S.*");

    private Tidy() {}

    /// Words that promise work instead of doing it.
    static List<String> leftovers(String text) {
        return finds(LEFTOVER, text);
    }

    /// Paths that exist on one person's machine only.
    static List<String> machinePaths(String text) {
        return finds(MACHINE, text);
    }

    static List<String> sleeps(String text) {
        return finds(SLEEP, text);
    }

    /// Parts of a type's name that say nothing.
    static List<String> vagueWords(String typeName) {
        return finds(VAGUE, typeName);
    }

    /// Whether a `package-info` says what the package is, and that nothing in it is null.
    static boolean describesPackage(String packageInfo) {
        return packageInfo.contains("@NullMarked")
                && SENTENCE.matcher(packageInfo).find()
                && packageInfo.substring(0, packageInfo.indexOf("@NullMarked")).contains(".");
    }

    static int lines(String text) {
        return (int) text.lines().count();
    }

    /// The middle one; of an even number the lower middle.
    static int median(List<Integer> numbers) {
        var sorted = new ArrayList<>(numbers);
        sorted.sort(null);
        return sorted.isEmpty() ? 0 : sorted.get((sorted.size() - 1) / 2);
    }

    private static List<String> finds(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group()).toList();
    }
}
