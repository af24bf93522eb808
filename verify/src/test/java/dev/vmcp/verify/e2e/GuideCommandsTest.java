package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.verify.harness.TinyHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every command of every page is run as it stands, against a real host, and what the page shows
/// after it is what it prints. What cannot be run in a test is named here, each with the reason.
final class GuideCommandsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /// What a command begins with, and why it is not run here.
    private static final Map<String, String> NOT_RUN = new LinkedHashMap<>();

    static {
        NOT_RUN.put("\\./run (build|demo|test|package|setup|conformance)", "tasks of this build");
        NOT_RUN.put("(sudo )?apt(-get)? ", "changes the machine");
        NOT_RUN.put("(sudo )?systemctl ", "no systemd in a test");
        NOT_RUN.put("(sudo )?journalctl ", "no systemd in a test");
        NOT_RUN.put("make o11y", "fetches an image; StackTest has what Podman makes of it");
        NOT_RUN.put("(build/)?vmcp vm console \\w+( |$)(?!--no-follow)", "needs a terminal");
    }

    /// What a command begins with that may end otherwise than with 0, and with what.
    private static final Map<String, Integer> MAY_END = new LinkedHashMap<>();

    static {
        // This machine may lack what it looks for.
        MAY_END.put("(build/)?vmcp doctor", 1);
    }

    /// Programs of others that a machine may lack.
    private static final List<String> OPTIONAL = List.of("grpcurl", "buf", "jq", "openssl");

    @TempDir static Path temporary;

    static Stream<Path> pages() throws IOException {
        try (var docs = Files.list(ROOT.resolve("docs"))) {
            var pages = new ArrayList<>(docs.filter(GuideCommandsTest::hasCommands).toList());
            pages.add(ROOT.resolve("README.md"));
            pages.add(ROOT.resolve("SECURITY.md"));
            return pages.stream().sorted().map(ROOT::relativize);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyCommandOfThePageDoesWhatThePageSays(Path page) throws IOException {
        assumeTrue(TinyHost.qemu(), "no qemu-system-x86_64 on the search path");
        assumeTrue(Command.find("curl").isPresent(), "no curl on the search path");
        var commands = runnable(page);
        var name = page.toString().replace('/', '-').replace(".md", "");
        var directory = Files.createDirectories(temporary.toRealPath().resolve(name));
        Files.setPosixFilePermissions(
                directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var namespace = Namespace.with();
                var session = new GuideSession(directory, namespace)) {
            session.type(commands, GuideCommandsTest::mayEnd);
        }
    }

    @Test
    void everyExceptionIsOneOfAPage() throws IOException {
        var left = new ArrayList<>(NOT_RUN.keySet());
        left.addAll(MAY_END.keySet());
        for (var page : pages().toList()) {
            for (var typed : ShellBlocks.of(Files.readString(ROOT.resolve(page)))) {
                exception(NOT_RUN, typed.text()).ifPresent(left::remove);
                exception(MAY_END, typed.text()).ifPresent(left::remove);
            }
        }
        assertThat(left).as("exceptions that no page needs").isEmpty();
    }

    @Test
    void commandsAndWhatTheyShowAreToldApart() {
        var page =
                """
                ```sh
                # a remark
                one \\
                  two
                three <<END
                $ four
                END
                ```
                ```console
                $ five '
                > six'
                seven ... eight
                $ nine
                ```
                ```
                ten
                ```
                """;
        var all = ShellBlocks.of(page);
        assertThat(all)
                .extracting(ShellBlocks.Typed::text)
                .containsExactly(
                        "one \\\n  two\n",
                        "three <<END\n$ four\nEND\n",
                        "five '\nsix'\n",
                        "nine\n");
        assertThat(all.get(2).isShown("seven and\nmore eight\n")).isTrue();
        assertThat(all.get(2).isShown("seven and more")).isFalse();
    }

    private static List<ShellBlocks.Typed> runnable(Path page) throws IOException {
        return ShellBlocks.of(Files.readString(ROOT.resolve(page))).stream()
                .filter(typed -> exception(NOT_RUN, typed.text()).isEmpty())
                .filter(typed -> OPTIONAL.stream().noneMatch(program -> lacks(typed, program)))
                .toList();
    }

    private static boolean lacks(ShellBlocks.Typed typed, String program) {
        return Pattern.compile("\\b" + program + "\\b").matcher(typed.text()).find()
                && Command.find(program).isEmpty();
    }

    private static int mayEnd(String command) {
        return exception(MAY_END, command).map(MAY_END::get).orElse(0);
    }

    private static Optional<String> exception(Map<String, ?> exceptions, String command) {
        return exceptions.keySet().stream()
                .filter(begin -> Pattern.compile(begin).matcher(command).lookingAt())
                .findFirst();
    }

    private static boolean hasCommands(Path page) {
        try {
            return page.toString().endsWith(".md")
                    && !ShellBlocks.of(Files.readString(page)).isEmpty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
