package dev.vmcp.verify.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// That the measures of tidiness can fail.
class TidyTest {

    @Test
    void leftoversAreFound() {
        assertThat(Tidy.leftovers("// " + "TO" + "DO: later, good enough for" + " now")).hasSize(2);
        assertThat(Tidy.leftovers("mktemp /tmp/aXX" + "XXXX, a methodology, before nowhere"))
                .isEmpty();
    }

    @Test
    void pathsOfOneMachineAreFound() {
        assertThat(Tidy.machinePaths("cat /ro" + "ot/.bashrc \"/wo" + "rk/main\"")).hasSize(2);
        assertThat(
                        Tidy.machinePaths(
                                "/proc/<pid>/root/x /proc/self/root /home/a root=/dev/vda </root>"))
                .isEmpty();
    }

    @Test
    void sleepsAreFound() {
        assertThat(Tidy.sleeps("Thread.sleep" + "(10);")).hasSize(1);
        assertThat(Tidy.sleeps("exec(\"sleep 300\")")).isEmpty();
    }

    @Test
    void vagueNamesAreFound() {
        for (var name : List.of("VmManager", "DriverImpl", "StringUtils", "CommonPaths")) {
            assertThat(Tidy.vagueWords(name)).as(name).hasSize(1);
        }
        assertThat(Tidy.vagueWords("ImpliedCommonality")).isEmpty();
    }

    @Test
    void aPackageWithoutASentenceIsFound() {
        assertThat(Tidy.describesPackage("@NullMarked\npackage a;")).isFalse();
        assertThat(Tidy.describesPackage("/// What it is.\npackage a;")).isFalse();
        assertThat(Tidy.describesPackage("/// What it is.\n@NullMarked\npackage a;")).isTrue();
    }

    @Test
    void longMethodsAreMeasured() throws IOException {
        var text =
                """
                class A {
                    /// Not counted.
                    @Deprecated
                    void one() {
                        new Object() {
                            int two() { return 2; }
                        };
                    }
                    abstract int three();
                }
                """;

        assertThat(Methods.of(Map.of("a/A.java", text)))
                .contains(
                        new Methods.Method("a/A.java", "one", 6),
                        new Methods.Method("a/A.java", "two", 1))
                .noneMatch(method -> method.name().equals("three"));
    }

    @Test
    void theMedianIsTheMiddleOne() {
        assertThat(Tidy.median(List.of(9, 1, 5))).isEqualTo(5);
        assertThat(Tidy.median(List.of(4, 1, 9, 5))).isEqualTo(4);
    }
}
