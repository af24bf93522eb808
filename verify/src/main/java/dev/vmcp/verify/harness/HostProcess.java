package dev.vmcp.verify.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// A `vmcp host` in a process of its own, from the class path of this one and without an AOT cache.
/// Closing it ends the process by force and leaves its guests to whoever started them; the end of
/// this program ends both.
public final class HostProcess implements AutoCloseable {

    private static final Pattern LISTENING =
            Pattern.compile(
                    "\"event\":\"listening\".*\"listener\":\"api\".*\"address\":\"([^\"]+)\"");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    /// How a host is started.
    ///
    /// @param directory the data directory
    /// @param log gets everything that the host prints, appended
    /// @param environment beside the few variables that every host of a test needs
    /// @param jvm options of its JVM
    /// @param arguments after `host`
    public record Setup(
            Path directory,
            Path log,
            Map<String, String> environment,
            List<String> jvm,
            List<String> arguments) {

        public static Setup in(Path directory) {
            var log = directory.resolveSibling(directory.getFileName() + ".log");
            return new Setup(directory, log, Map.of(), List.of("-Xmx256m"), List.of());
        }

        public Setup with(String name, String value) {
            var more = new HashMap<>(environment);
            more.put(name, value);
            return new Setup(directory, log, Map.copyOf(more), jvm, arguments);
        }
    }

    /// What a host is started as.
    ///
    /// @param by a program that replaces itself by the command that follows its own arguments
    /// @param program the name, and the command where the name has several
    public record As(List<String> by, List<String> program) {
        public static final As USUAL = new As(List.of(), List.of("vmcp", "host"));
    }

    private final Process process;
    private final Thread follower;
    private final String address;

    private HostProcess(Process process, Thread follower, String address) {
        this.process = process;
        this.follower = follower;
        this.address = address;
    }

    /// Starts a host and waits until it serves.
    ///
    /// @throws IllegalStateException when it ends or does not serve in time; the message has its
    ///   last words
    public static HostProcess start(Setup setup) {
        return start(setup, As.USUAL);
    }

    public static HostProcess start(Setup setup, As as) {
        return run(setup, builder(setup, as));
    }

    /// Starts an installed host instead, by its launcher and with that one's JVM options.
    public static HostProcess start(Setup setup, Path launcher) {
        return run(setup, builder(setup, List.of(launcher.toString(), "host")));
    }

    private static HostProcess run(Setup setup, ProcessBuilder builder) {
        try {
            var process = AtEnd.start(builder, setup.directory());
            var listening = new CompletableFuture<String>();
            // A read of a process's output holds a carrier of virtual threads until it has some.
            var follower =
                    Thread.ofPlatform()
                            .daemon()
                            .name("host-log")
                            .start(() -> follow(process, setup.log(), listening));
            var host = new HostProcess(process, follower, awaited(process, setup, listening));
            AtEnd.serves(host, setup.directory());
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException("start a host in " + setup.directory(), e);
        }
    }

    /// Starts such a host, for callers that do not want it to serve. Both its outputs are one.
    public static ProcessBuilder builder(Setup setup, As as) {
        var command = new ArrayList<>(as.by());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC"));
        command.addAll(setup.jvm());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.vmcp.host.Main"));
        command.addAll(as.program());
        return builder(setup, command);
    }

    private static ProcessBuilder builder(Setup setup, List<String> program) {
        var command = new ArrayList<>(program);
        command.add("--data-dir=" + setup.directory());
        command.addAll(setup.arguments());
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        var environment = builder.environment();
        environment
                .keySet()
                .removeIf(name ->
                        name.startsWith("VMCP_")
                                || name.startsWith("UNKEY_")
                                || name.startsWith("CHCP_"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("UNKEY_VMCP_PORT", "0");
        environment.put("UNKEY_VMCP_BACKEND", "qemu");
        environment.put("VMCP_MIN_MEMORY_BYTES", "1048576");
        environment.putAll(setup.environment());
        return builder;
    }

    private static void follow(Process process, Path log, CompletableFuture<String> listening) {
        try (var lines = process.inputReader(StandardCharsets.UTF_8);
                var out =
                        Files.newBufferedWriter(
                                log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                out.write(line);
                out.newLine();
                out.flush();
                var found = LISTENING.matcher(line);
                if (found.find()) {
                    listening.complete(found.group(1));
                }
            }
        } catch (IOException e) {
            listening.completeExceptionally(e);
        }
        listening.completeExceptionally(new IllegalStateException("the host ended"));
    }

    private static String awaited(
            Process process, Setup setup, CompletableFuture<String> listening) {
        try {
            return listening.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IllegalStateException("host did not serve; its log: " + tail(setup.log()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static String tail(Path log) {
        try {
            var text = Files.exists(log) ? Files.readString(log) : "(none)";
            return text.substring(Math.max(0, text.length() - 4000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// Where its API listens: `host:port`.
    public String address() {
        return address;
    }

    public String url() {
        return "http://" + address;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /// Waits for the host to end by itself; false when it lives on.
    public boolean awaitEnd(long time, TimeUnit unit) throws InterruptedException {
        return process.waitFor(time, unit);
    }

    /// `kill -9`, and waits for the end.
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(20));
    }

    /// SIGTERM, and waits until it has ended and its last words are in the log; returns the exit
    /// status.
    public int terminate() {
        // Process.destroy would close its output, too.
        var _ = process.toHandle().destroy();
        return awaitEnd(Duration.ofSeconds(60));
    }

    private int awaitEnd(Duration limit) {
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("host " + pid() + " does not end");
            }
            AtEnd.ended(this);
            var _ = follower.join(LAST_WORDS);
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
