package dev.vmcp.verify.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The budgets and habits of the house, held over every file.
class TidinessTest {

    private static final int MOST_LINES_OF_DRIVER = 1500;

    private static final Pattern DRIVER =
            Pattern.compile("/src/main/java/dev/vmcp/host/driver/[a-z]+/[A-Z][^/]+$");
    private static final Pattern BRACES = Pattern.compile("[})\\];,]+");

    private static final List<Path> JAVA = House.javaFiles();

    private static final List<Path> WRITTEN =
            House.files(
                    ".java",
                    ".md",
                    ".proto",
                    ".xml",
                    ".yaml",
                    ".yml",
                    ".toml",
                    ".json",
                    ".sh",
                    ".service",
                    "/run",
                    "/Makefile",
                    ".go",
                    ".js");

    /// One line per file in which something was found.
    private static List<String> findings(List<Path> files, Function<String, List<String>> search) {
        return files.stream()
                .map(file -> House.name(file) + " " + search.apply(House.text(file)))
                .filter(line -> !line.endsWith(" []"))
                .toList();
    }

    private static boolean isTest(Path file) {
        return file.toString().contains("/src/test/")
                || file.toString().contains("/verify/harness/");
    }

    private static boolean isPackageInfo(Path file) {
        return file.endsWith("package-info.java");
    }

    @Test
    void theFilesAreSeen() {
        assertThat(JAVA).anyMatch(file -> file.endsWith("core/vm/Phase.java"));
        assertThat(WRITTEN).contains(House.ROOT.resolve("pom.xml"));
    }

    @Test
    void noFileIsTooLong() {
        assertThat(JAVA)
                .filteredOn(file -> Tidy.lines(House.text(file)) > Tidy.MOST_LINES)
                .isEmpty();
    }

    /// Blank lines, closing braces, imports and comments cost nobody anything.
    @Test
    void driversAreThin() {
        var lines =
                JAVA.stream()
                        .filter(file -> DRIVER.matcher(file.toString()).find())
                        .collect(
                                Collectors.groupingBy(
                                        Path::getParent,
                                        Collectors.summingLong(TidinessTest::linesOfCode)));
        assertThat(lines).hasSizeGreaterThanOrEqualTo(4);
        assertThat(lines.entrySet()).allMatch(driver -> driver.getValue() < MOST_LINES_OF_DRIVER);
    }

    private static long linesOfCode(Path file) {
        return House.text(file)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                .filter(line -> !line.startsWith("import "))
                .filter(line -> !BRACES.matcher(line).matches())
                .count();
    }

    @Test
    void theMedianFileIsShort() {
        var lengths =
                JAVA.stream()
                        .filter(file -> !isPackageInfo(file))
                        .map(file -> Tidy.lines(House.text(file)))
                        .toList();

        assertThat(Tidy.median(lengths)).isLessThan(Tidy.MEDIAN_LINES);
    }

    @Test
    void noMethodIsTooLong() throws IOException {
        var sources = JAVA.stream().collect(Collectors.toMap(House::name, House::text));

        assertThat(Methods.of(sources))
                .filteredOn(method -> method.lines() > Tidy.MOST_METHOD_LINES)
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        var described = new HashSet<String>();
        JAVA.stream()
                .filter(TidinessTest::isPackageInfo)
                .filter(file -> Tidy.describesPackage(House.text(file)))
                .forEach(file -> described.add(packageOf(file)));

        assertThat(JAVA).filteredOn(file -> !described.contains(packageOf(file))).isEmpty();
    }

    /// Module and package, so that tests share the description of what they test.
    private static String packageOf(Path file) {
        return House.name(file.resolveSibling("")).replaceFirst("/src/(main|test)/", "/");
    }

    @Test
    void nothingIsLeftForLater() {
        assertThat(findings(WRITTEN, Tidy::leftovers)).isEmpty();
    }

    @Test
    void nothingSpeaksOfOneMachine() {
        assertThat(findings(WRITTEN, Tidy::machinePaths)).isEmpty();
    }

    @Test
    void testsDoNotSleep() {
        var tests = JAVA.stream().filter(TidinessTest::isTest).toList();

        assertThat(findings(tests, Tidy::sleeps)).isEmpty();
    }

    @Test
    void namesSayWhatAThingIs() {
        assertThat(JAVA)
                .filteredOn(file -> !Tidy.vagueWords(file.getFileName().toString()).isEmpty())
                .isEmpty();
    }
}
