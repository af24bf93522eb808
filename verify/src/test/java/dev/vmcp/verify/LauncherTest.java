package dev.vmcp.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The launchers, in a build directory of their own, with a Java that prints what it was given.
final class LauncherTest {
    private static final List<String> TOOLS = List.of("sh", "readlink", "sha256sum", "stat", "cat");

    private static final String CONTENTS = "sha256sum -b";
    private static final String FILES = "TZ=UTC0 stat -c '%n %i %s %y %z'";

    @TempDir Path directory;

    private Path build;
    private Path tools;

    record Ran(int code, long pid, String out, String err) {
        List<String> arguments() {
            return out.lines().toList();
        }

        String after(String flag) {
            return arguments().get(arguments().indexOf(flag) + 1);
        }
    }

    @BeforeEach
    void layOut() throws IOException {
        build = Files.createDirectories(directory.resolve("a build"));
        tools = Files.createDirectories(directory.resolve("tools"));
        Files.createDirectories(build.resolve("lib"));
        Files.createDirectories(build.resolve("cache"));
        for (var name : List.of("vmcp", "vmcp-api", "chcp-api")) {
            Files.copy(scripts().resolve(name), build.resolve(name));
            executable(build.resolve(name));
        }
        for (var jar : List.of("vmcp-cli", "vmcp-client", "vmcp-host", "picocli", "armeria")) {
            Files.writeString(build.resolve("lib/" + jar + ".jar"), jar);
        }
        for (var tool : TOOLS) {
            var there = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(
                    tools.resolve(tool), Files.exists(there) ? there : Path.of("/bin", tool));
        }
    }

    @Test
    void withoutAnyJavaItSaysHowToGetOne() throws Exception {
        var ran = run(Map.of(), "vmcp", "vm", "ls");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .startsWith("vmcp: no Java 25 or newer")
                .contains("apt-get install openjdk-25-jdk-headless", "set JAVA_HOME");
    }

    @Test
    void theJavaOfJavaHomeIsTakenUnlessItIsTooOld() throws Exception {
        var good = java("java-26-home", "26-ea");
        var old = java("java-17-home", "17.0.15");
        link(java("on-path", "25.0.1"));

        assertThat(run(Map.of("JAVA_HOME", good.toString()), "vmcp").err())
                .isEqualTo(good + "/bin/java\n");
        assertThat(run(Map.of("JAVA_HOME", old.toString()), "vmcp").err())
                .isEqualTo(directory.resolve("on-path/bin/java") + "\n");
    }

    @Test
    void aJavaInOneOfTheUsualDirectoriesIsFoundBehindAnOldOneOnThePath() throws Exception {
        link(java("old", "17"));
        java("jvm/11-old", "11.0.1");
        var found = java("jvm/temurin-25", "25.0.3");
        Files.createDirectories(directory.resolve("jvm/no-java"));

        var dirs = Map.of("VMCP_JAVA_DIRS", directory.resolve("jvm").toString());

        assertThat(run(dirs, "vmcp").err()).isEqualTo(found + "/bin/java\n");
    }

    @ParameterizedTest
    @CsvSource({
        "vmcp, vm, dev.vmcp.cli.Main, vm",
        "vmcp, host, dev.vmcp.host.Main, vmcp",
        "vmcp, up, dev.vmcp.host.Main, vmcp",
        "vmcp, doctor, dev.vmcp.host.Doctor, --flag",
        "vmcp, upgrade-check, dev.vmcp.host.UpgradeCheck, --flag",
        "vmcp, backup, dev.vmcp.host.TakeBackup, --flag",
        "vmcp, restore, dev.vmcp.host.RestoreBackup, --flag",
        "vmcp-api, --flag, dev.vmcp.host.Main, vmcp-api",
        "chcp-api, host, dev.vmcp.host.Main, chcp-api",
    })
    void theNameAndTheFirstWordChooseTheProgram(
            String script, String word, String main, String first) throws Exception {
        var ran = run(withJava(), script, word, "--flag");

        assertThat(ran.after(main)).isEqualTo(first);
        assertThat(ran.arguments().getLast()).isEqualTo("--flag");
    }

    @Test
    void theCommandLineLoadsItsOwnJarsAndTheHostAll() throws Exception {
        assertThat(run(withJava(), "vmcp", "vm").after("-cp"))
                .startsWith(build + "/lib/vmcp-cli.jar:" + build + "/lib/vmcp-client.jar:")
                .doesNotContain("armeria", "vmcp-host");
        assertThat(run(withJava(), "vmcp", "host").after("-cp").split(":"))
                .containsExactlyInAnyOrder(
                        build + "/lib/armeria.jar",
                        build + "/lib/picocli.jar",
                        build + "/lib/vmcp-cli.jar",
                        build + "/lib/vmcp-client.jar",
                        build + "/lib/vmcp-host.jar");
    }

    @Test
    void itWorksThroughSymlinksFromAnyDirectoryAndKeepsEachWord() throws Exception {
        var elsewhere = Files.createDirectories(directory.resolve("else where/bin"));
        Files.createSymbolicLink(elsewhere.resolve("alias"), build.resolve("vmcp-api"));
        Files.createSymbolicLink(elsewhere.resolve("other"), Path.of("alias"));

        var ran = run(elsewhere, withJava(), List.of("./other", "two words", "*", "", "$HOME"));

        assertThat(ran.arguments())
                .endsWith("dev.vmcp.host.Main", "vmcp-api", "two words", "*", "", "$HOME");
        assertThat(run(build, withJava(), List.of("sh", "vmcp-api", "x")).arguments())
                .endsWith("vmcp-api", "x");
    }

    @Test
    void theJvmTakesThePlaceOfTheScript() throws Exception {
        var ran = run(withJava(), "vmcp", "host");

        assertThat(ran.arguments().getFirst()).isEqualTo("pid " + ran.pid());
    }

    @Test
    void flagsOfTheUserComeAfterOurs() throws Exception {
        var environment = withJavaAnd("VMCP_JAVA_OPTS", "-Xmx1g -Da=b");

        assertThat(run(environment, "vmcp", "host").arguments())
                .containsSubsequence("-Xmx256m", "-Xmx1g", "-Da=b", "-cp");
    }

    @Test
    void anAotCacheIsPassedOnlyToJarsOfItsContents() throws Exception {
        var stamped = Files.writeString(build.resolve("cache/host.aot"), "cache");
        var flag = "-XX:AOTCache=" + stamped;
        assertThat(run(withJava(), "vmcp", "host").arguments()).doesNotContain(flag);

        stamp("contents", CONTENTS);
        assertThat(run(withJava(), "vmcp", "host").arguments()).contains(flag);
        assertThat(run(withJava(), "vmcp", "vm").arguments()).doesNotContain(flag);
        var off = withJavaAnd("VMCP_AOT", "off");
        assertThat(run(off, "vmcp", "host").arguments()).doesNotContain(flag);

        Files.writeString(build.resolve("lib/vmcp-host.jar"), "rebuilt");
        assertThat(run(withJava(), "vmcp", "host").arguments()).doesNotContain(flag);

        stamp("contents", CONTENTS);
        Files.writeString(build.resolve("lib/one-more.jar"), "new");
        assertThat(run(withJava(), "vmcp", "host").arguments()).doesNotContain(flag);
    }

    @Test
    void anAotCacheIsPassedToTheVeryFilesItWasMadeOfAndNotToOthersThatLookLikeThem()
            throws Exception {
        var cache = Files.writeString(build.resolve("cache/host.aot"), "cache");
        var flag = "-XX:AOTCache=" + cache;
        stamp("files", FILES);
        assertThat(run(withJava(), "vmcp", "host").arguments()).contains(flag);

        var jar = build.resolve("lib/vmcp-host.jar");
        var written = Files.getLastModifiedTime(jar);
        Files.writeString(jar, "x".repeat((int) Files.size(jar)));
        Files.setLastModifiedTime(jar, written);
        assertThat(run(withJava(), "vmcp", "host").arguments()).doesNotContain(flag);

        Files.writeString(build.resolve("cache/host.aot.files"), "");
        assertThat(run(withJava(), "vmcp", "host").arguments()).doesNotContain(flag);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, true", "1000, 0, false", "0, 5, false", "0, -5, false"})
    void theCompilersYieldWhereThatTakesNothingFromTheUser(int user, int nice, boolean yield)
            throws Exception {
        tool("id", "echo " + user);
        tool("nice", "echo " + nice);

        var arguments = run(withJava(), "vmcp", "host").arguments();

        assertThat(arguments.contains("-XX:CompilerThreadPriority=10")).isEqualTo(yield);
        assertThat(arguments.contains("-XX:ThreadPriorityPolicy=1")).isEqualTo(yield);
    }

    private void tool(String name, String line) throws IOException {
        executable(Files.writeString(tools.resolve(name), "#!/bin/sh\n" + line + "\n"));
    }

    private void stamp(String kind, String program) throws Exception {
        var line = "cd \"$1/lib\" && " + program + " *.jar > ../cache/host.aot." + kind;
        run(directory, Map.of(), List.of("sh", "-c", line, "sh", build.toString()));
    }

    private Map<String, String> withJavaAnd(String name, String value) throws IOException {
        var environment = new HashMap<>(withJava());
        environment.put(name, value);
        return environment;
    }

    private Map<String, String> withJava() throws IOException {
        var home = directory.resolve("jdk");
        return Map.of("JAVA_HOME", (Files.exists(home) ? home : java("jdk", "25.0.3")).toString());
    }

    /// A Java that says its pid, then each argument, and its own name on standard error.
    private Path java(String name, String version) throws IOException {
        var home = Files.createDirectories(directory.resolve(name));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nOS_ARCH=\"x\"\n");
        var program = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(
                program, "#!/bin/sh\necho \"pid $$\"\nprintf '%s\\n' \"$@\"\necho \"$0\" >&2\n");
        executable(program);
        return home;
    }

    private void link(Path java) throws IOException {
        Files.createSymbolicLink(tools.resolve("java"), java.resolve("bin/java"));
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ran run(Map<String, String> environment, String script, String... words)
            throws Exception {
        var command = new ArrayList<String>();
        command.add(build.resolve(script).toString());
        command.addAll(List.of(words));
        return run(directory, environment, command);
    }

    private Ran run(Path from, Map<String, String> environment, List<String> command)
            throws Exception {
        var err = directory.resolve("err");
        var builder =
                new ProcessBuilder(command).directory(from.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", directory.resolve("home").toString());
        builder.environment().put("VMCP_JAVA_DIRS", directory.resolve("none").toString());
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), process.pid(), out, Files.readString(err));
    }

    private static Path scripts() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var scripts = at.resolve("dist/src/main/scripts");
            if (Files.isDirectory(scripts)) {
                return scripts;
            }
        }
        throw new IllegalStateException("dist/src/main/scripts: none above (expected: one)");
    }
}
