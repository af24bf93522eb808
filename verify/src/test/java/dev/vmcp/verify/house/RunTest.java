package dev.vmcp.verify.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.verify.e2e.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./run`, twice in one folder at once: a copy of it, whose Maven and Java only note that they
/// ran.
final class RunTest {

    private static final String WAITS = "waiting for another task in this folder to end";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir private Path folder;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void layOut() throws IOException {
        for (var part : List.of("run", "scripts/base.sh", "scripts/jdk.sh")) {
            var copy = folder.resolve(part);
            Files.createDirectories(copy.getParent());
            Files.copy(House.ROOT.resolve(part), copy);
        }
        for (var source : List.of(".mvn", "dist", "core/src", "verify/target", "build/cache")) {
            Files.createDirectories(folder.resolve(source));
        }
        for (var file : List.of("pom.xml", "core/pom.xml", "verify/target/classpath", "notes")) {
            Files.createFile(folder.resolve(file));
        }
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"25\"\n");
        program("javac", "");
        program("mvn", "echo build >> notes; until [ -e built ]; do sleep 0.02; done");
        program("java", "echo java >> notes; until [ -e done ]; do sleep 0.02; done");
    }

    private void program(String name, String does) throws IOException {
        var file = folder.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/sh\ncd " + folder + "\n" + does + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @AfterEach
    void end() {
        for (var task : started) {
            task.descendants().forEach(ProcessHandle::destroyForcibly);
            task.destroyForcibly();
        }
    }

    @Test
    void aTaskWaitsForABuildThatIsUnderWayAndUsesIt() throws Exception {
        var first = task("race", "first");
        Await.until("the first builds", SOON, () -> notes().equals(List.of("build")));
        var second = task("race", "second");
        Await.until("the second waits", SOON, () -> said("second").contains(WAITS));

        Files.createFile(folder.resolve("built"));

        Await.until("both run", SOON, () -> notes().equals(List.of("build", "java", "java")));
        Files.createFile(folder.resolve("done"));
        assertThat(List.of(status(first), status(second))).containsOnly(0);
        assertThat(said("first")).doesNotContain(WAITS);
    }

    @Test
    void whatRunsIsNotBuiltOver() throws Exception {
        Files.createFile(folder.resolve("built"));
        var run = task("race", "run");
        Await.until("it runs", SOON, () -> notes().equals(List.of("build", "java")));
        var build = task("build", "build");
        Await.until("the builder waits", SOON, () -> said("build").contains(WAITS));
        assertThat(notes()).containsExactly("build", "java");

        Files.createFile(folder.resolve("done"));

        assertThat(List.of(status(run), status(build))).containsOnly(0);
        assertThat(notes()).containsExactly("build", "java", "build");
    }

    private Process task(String name, String log) throws IOException {
        var builder =
                new ProcessBuilder(folder.resolve("run").toString(), name)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(log + ".log").toFile());
        builder.environment().put("JAVA_HOME", folder.toString());
        builder.environment().merge("PATH", folder + "/bin:", (path, ours) -> ours + path);
        var task = builder.start();
        started.add(task);
        return task;
    }

    private static int status(Process task) throws InterruptedException {
        assertThat(task.waitFor(20, TimeUnit.SECONDS)).as("an end").isTrue();
        return task.exitValue();
    }

    private List<String> notes() {
        return text("notes").lines().toList();
    }

    private String said(String log) {
        return text(log + ".log");
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
