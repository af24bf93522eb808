package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.guest.TinyGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Types the commands of one page into one shell, in a directory that looks like a build, in a
/// network namespace where the default ports are free. A host runs from the start; a command that
/// starts one takes its place. Paths outside of the build lie in that directory.
final class GuideSession implements AutoCloseable {

    /// Stands for the root directory of a machine.
    private static final String AT = "/at";

    /// Where pages put files.
    private static final List<String> PLACES =
            List.of(
                    "/tmp/",
                    "/opt/",
                    "/srv/",
                    "/etc/vmcp",
                    "/var/lib/vm",
                    "/var/log/",
                    "/run/vmcp");

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Path directory;
    private final Namespace namespace;

    GuideSession(Path directory, Namespace namespace) throws IOException {
        this.directory = directory;
        this.namespace = namespace;
        layOut();
    }

    private Path data() {
        return directory.resolve("data");
    }

    /// Runs all, one after the other, to the first that does not do what its page shows.
    ///
    /// @param may the exit status, other than 0, that a command may end with
    void type(List<ShellBlocks.Typed> commands, ToIntFunction<String> may) throws IOException {
        var steps = directory.resolve("steps");
        var script = new ArrayList<String>(List.of("source " + directory.resolve("session.sh")));
        for (int i = 0; i < commands.size(); i++) {
            var step = steps.resolve(String.valueOf(i));
            Files.writeString(step, placed(commands.get(i).text()));
            var shown = commands.get(i).output().isBlank() ? "no" : "shown";
            script.add("step " + step + " " + shown + " " + may.applyAsInt(commands.get(i).text()));
        }
        var file = Files.write(directory.resolve("script.sh"), script);
        var whole = new ArrayList<>(namespace.prefix());
        whole.addAll(List.of("bash", file.toString()));
        var session = Command.run(directory, environment(), whole);
        for (int i = 0; i < commands.size(); i++) {
            check(commands.get(i), steps.resolve(String.valueOf(i)), session);
        }
        assertThat(session.status()).as(session.output()).isZero();
    }

    /// Ends the guests, and removes the links that lead out of the directory.
    @Override
    public void close() throws IOException {
        Rig.endVmms(data());
        Files.delete(directory.resolve("api"));
        Files.delete(directory.resolve("dist"));
    }

    private void check(ShellBlocks.Typed typed, Path step, Command.Result session)
            throws IOException {
        var status = step.resolveSibling(step.getFileName() + ".status");
        var output = step.resolveSibling(step.getFileName() + ".out");
        var printed = Files.exists(output) ? Files.readString(output) : "";
        var story = typed.text() + "printed:\n" + printed + "\nsession: " + session.output();
        assertThat(status).as("never ran: " + story + hostLog()).exists();
        if (typed.output().isBlank()) {
            assertThat(Files.readString(status).strip()).as(story + hostLog()).isEqualTo("0");
        } else {
            var shown = new ShellBlocks.Typed(typed.text(), placed(typed.output()));
            assertThat(shown.isShown(printed))
                    .as("expected:\n%s\nof %s", typed.output(), story)
                    .isTrue();
        }
    }

    private String hostLog() throws IOException {
        var log = directory.resolve("host.log");
        var text = Files.exists(log) ? Files.readString(log) : "";
        return "\nhost: " + text.substring(Math.max(0, text.length() - 2000));
    }

    private String placed(String text) {
        var placed = text;
        for (var place : PLACES) {
            placed = placed.replaceAll("(?<![\\w/.-])" + place, directory + AT + place);
        }
        return placed;
    }

    private Map<String, String> environment() {
        return Map.of(
                "PATH",
                directory.resolve("bin")
                        + ":"
                        + System.getProperty("user.home")
                        + "/go/bin:"
                        + System.getenv("PATH"),
                "VMCP_DATA_DIR",
                data().toString(),
                "VMCP_ALLOWED_PATHS",
                directory.toString(),
                "VMCP_UID_BASE",
                "0",
                "JAVA_HOME",
                System.getProperty("java.home"));
    }

    private void layOut() throws IOException {
        for (var place :
                List.of(
                        "build/lib",
                        "bin",
                        "steps",
                        "at/tmp",
                        "at/srv",
                        "at/opt/kernels",
                        "at/var/log/vms",
                        "at/etc/vmcp",
                        "at/run/vmcp")) {
            Files.createDirectories(directory.resolve(place));
        }
        layOutBuild();
        program("bin/sudo", "exec \"$@\"");
        program(
                "run",
                """
                [[ $1 == guest && $2 == linux ]] || exit 64
                exec '%s/scripts/linux-guest.sh' "$3"
                """
                        .formatted(ROOT));
        Files.createSymbolicLink(directory.resolve("api"), ROOT.resolve("api"));
        Files.createSymbolicLink(directory.resolve("dist"), ROOT.resolve("dist"));
        TinyGuest.writeTo(directory.resolve("at/opt/kernels/vmlinux"));
        TinyGuest.writeTo(directory.resolve("vmlinux"));
        Files.write(directory.resolve("initrd.img"), new byte[1 << 10]);
        Files.writeString(directory.resolve("session.sh"), SESSION);
    }

    /// The launchers that ship, over one jar that names the class path of this test.
    private void layOutBuild() throws IOException {
        var manifest = new Manifest();
        var main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(
                Attributes.Name.CLASS_PATH,
                Stream.of(System.getProperty("java.class.path").split(":", -1))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        var jar = directory.resolve("build/lib/vmcp-cli.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        for (var name : List.of("vmcp", "vmcp-api", "chcp-api")) {
            var launcher = ROOT.resolve("dist/src/main/scripts").resolve(name);
            Files.copy(launcher, directory.resolve("build").resolve(name));
            executable(directory.resolve("build").resolve(name));
            Files.createSymbolicLink(
                    directory.resolve("bin").resolve(name),
                    directory.resolve("build").resolve(name));
        }
    }

    private void program(String name, String text) throws IOException {
        var file = directory.resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + text + "\n");
        executable(file);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// `step FILE no|shown STATUS`: a command that starts a host replaces the one that runs, and is
    /// through when it answers.
    private static final String SESSION =
            """
            sandbox=$PWD
            host=
            until_answer() {
                local i
                for ((i = 0; i < 600; i++)); do
                    [[ -d /proc/$host ]] || { echo "the host ended"; return 1; }
                    curl -s -o /dev/null http://127.0.0.1:8080/health && return
                    sleep 0.1
                done
                return 1
            }
            end_host() {
                [[ -n $host ]] || return 0
                kill "$host" 2> /dev/null
                wait "$host" 2> /dev/null
                host=
            }
            start_host() {
                end_host
                (eval "exec env $(< "$1")") >> "$sandbox/host.log" 2>&1 < /dev/null &
                host=$!
                until_answer
            }
            starts_host='^([A-Z_]+=[^ ]* )*(build/)?(vmcp (host|up)|vmcp-api|chcp-api)( |$)'
            step() {
                local status=0 text
                text=$(< "$1")
                if [[ $text =~ $starts_host && $text != *--check-config* && $text != *--print-config* ]]; then
                    start_host "$1" > "$1.out" 2>&1 || status=$?
                else
                    source "$1" > "$1.out" 2>&1 < /dev/null || status=$?
                fi
                ((status != $3)) || status=0
                echo "$status" > "$1.status"
                if ((status != 0)) && [[ $2 != shown ]]; then
                    echo "status $status: $text"
                    exit 1
                fi
            }
            trap end_host EXIT
            echo 'build/vmcp host' > "$sandbox/steps/first"
            start_host "$sandbox/steps/first"
            """;
}
