package dev.vmcp.cli;

import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What every command that calls a host is told: where it is, who we are, how long to wait, and for
/// whom to print.
final class HostOptions {
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

    private static final int LONGEST_TOKEN = 8192;

    private HostOptions() {}

    static CommandSpec add(CommandSpec spec) {
        return withoutOutput(spec)
                .addOption(
                        Command.value("FORM", "-o", "--output")
                                .type(Output.class)
                                .converters(new Converters.OfOutput())
                                .completionCandidates(List.of("table", "json", "name"))
                                .description("table (default), json, or name.")
                                .build());
    }

    static CommandSpec withoutOutput(CommandSpec spec) {
        return spec.addOption(
                        Command.value("URL", "--endpoint")
                                .description(
                                        "The host: http://host:port, https://host:port or"
                                                + " unix:///path. Also VMCP_ENDPOINT. Default "
                                                + Endpoint.SERVICE_SOCKET
                                                + " where you may use it, else "
                                                + Endpoint.DEFAULT
                                                + ".")
                                .build())
                .addOption(
                        Command.value("FILE", "--token-file")
                                .description(
                                        "Has the token that the host wants. Also VMCP_TOKEN_FILE,"
                                                + " or VMCP_TOKEN with the token itself.")
                                .build())
                .addOption(file("--ca-file", "Whom to trust on https. Also VMCP_CA_FILE."))
                .addOption(file("--cert-file", "Our certificate. Also VMCP_CERT_FILE."))
                .addOption(file("--key-file", "Its key (PKCS#8). Also VMCP_KEY_FILE."))
                .addOption(duration("--deadline", "How long to wait for an answer. Default 60s."));
    }

    static OptionSpec duration(String name, String description) {
        return Command.value("TIME", name)
                .type(Duration.class)
                .converters(new Converters.OfTime())
                .description(description)
                .build();
    }

    private static OptionSpec file(String name, String description) {
        return Command.value("PEM", name).description(description).build();
    }

    static Output output(Invocation invocation) {
        return invocation.option("--output", Output.TABLE);
    }

    static Duration limit(Invocation invocation) {
        return invocation.option("--deadline", DEFAULT_LIMIT);
    }

    /// A client that has called nobody yet. The caller closes it.
    static HostClient open(Invocation invocation) {
        try {
            var endpoint = Endpoint.parse(text(invocation, "--endpoint", standard()));
            var files =
                    new TlsFiles(
                            path(invocation, "--ca-file"),
                            path(invocation, "--cert-file"),
                            path(invocation, "--key-file"));
            return HostClient.of(endpoint, files, token(invocation)).within(limit(invocation));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static String standard() {
        return Files.isWritable(Endpoint.SERVICE_SOCKET)
                ? "unix://" + Endpoint.SERVICE_SOCKET
                : Endpoint.DEFAULT;
    }

    /// The flag before the variables, since it was meant for this call.
    private static String token(Invocation invocation) {
        var own = invocation.terminal().variable("VMCP_TOKEN").strip();
        var given = invocation.option("--token-file", "");
        if (given.isEmpty() && !own.isEmpty()) {
            return own;
        }
        var file = text(invocation, "--token-file", "");
        if (file.isEmpty()) {
            return "";
        }
        try (var in = Files.newInputStream(Path.of(file))) {
            return new String(in.readNBytes(LONGEST_TOKEN), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UsageException("--token-file: '" + file + "' (expected: a file to read)");
        }
    }

    private static @Nullable Path path(Invocation invocation, String option) {
        var text = text(invocation, option, "");
        return text.isEmpty() ? null : Path.of(text);
    }

    /// The flag, else the variable that is named like it (`--ca-file`: `VMCP_CA_FILE`), else the
    /// default.
    private static String text(Invocation invocation, String option, String otherwise) {
        var given = invocation.option(option, "");
        if (!given.isEmpty()) {
            return given;
        }
        var name = "VMCP_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        var variable = invocation.terminal().variable(name);
        return variable.isEmpty() ? otherwise : variable;
    }
}
