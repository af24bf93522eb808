package dev.vmcp.verify.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/// Clients from the npm registry, installed once into the project's cache.
final class NodeClients {

    private static final Path HERE =
            Path.of(System.getProperty("vmcp.root", ".."), ".cache", "clients")
                    .toAbsolutePath()
                    .normalize();

    private final Path descriptors;

    private NodeClients(Path descriptors) {
        this.descriptors = descriptors;
    }

    /// Skips the test where they cannot be had.
    static NodeClients installed() {
        assumeTrue(Command.find("node").isPresent(), "no node on the search path");
        var npm = Command.find("npm");
        assumeTrue(npm.isPresent(), "no npm on the search path");
        try {
            Files.createDirectories(HERE);
            boolean fresh =
                    copy("package.json") || !Files.isDirectory(HERE.resolve("node_modules"));
            var _ = copy("calls.mjs");
            if (fresh) {
                var install =
                        Command.run(
                                HERE,
                                Map.of(),
                                List.of(npm.get(), "install", "--no-audit", "--no-fund"));
                if (install.status() != 0) {
                    Files.delete(HERE.resolve("package.json"));
                }
                assumeTrue(install.status() == 0, () -> "npm cannot install: " + install.output());
            }
            var descriptors = HERE.resolve("descriptors.binpb");
            Files.write(descriptors, descriptorSet().toByteArray());
            return new NodeClients(descriptors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether the file there was another.
    private static boolean copy(String name) throws IOException {
        var target = HERE.resolve(name);
        try (var source = NodeClients.class.getResourceAsStream("/clients/" + name)) {
            var next = HERE.resolve(name + ".next");
            Files.copy(Objects.requireNonNull(source), next, StandardCopyOption.REPLACE_EXISTING);
            boolean same = Files.exists(target) && Files.mismatch(next, target) < 0;
            Files.move(next, target, StandardCopyOption.REPLACE_EXISTING);
            return !same;
        }
    }

    private static FileDescriptorSet descriptorSet() {
        var set = FileDescriptorSet.newBuilder();
        add(WatchVmsRequest.getDescriptor().getFile(), set, new java.util.HashSet<>());
        return set.build();
    }

    private static void add(FileDescriptor file, FileDescriptorSet.Builder to, Set<String> known) {
        if (known.add(file.getName())) {
            file.getDependencies().forEach(dependency -> add(dependency, to, known));
            var proto = file.toProto().toBuilder();
            proto.getMessageTypeBuilderList().forEach(NodeClients::nameInJson);
            to.addFile(proto);
        }
    }

    /// Descriptors that are compiled into Java lack the JSON names, which others rely on.
    private static void nameInJson(DescriptorProto.Builder message) {
        message.getFieldBuilderList().forEach(field -> field.setJsonName(camel(field.getName())));
        message.getNestedTypeBuilderList().forEach(NodeClients::nameInJson);
    }

    /// `vm_id` as proto3 JSON names it: `vmId`.
    static String camel(String name) {
        return Pattern.compile("_([a-z])")
                .matcher(name)
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    String buf() {
        return HERE.resolve("node_modules/.bin/buf").toString();
    }

    String descriptors() {
        return descriptors.toString();
    }

    /// Starts connect-node with this transport: `connect`, `grpc` or `grpcweb`.
    Session connect(Rig rig, String transport) {
        return connect(rig, transport, "1.1");
    }

    /// @param http the version that Connect and gRPC-Web use; gRPC always uses 2
    Session connect(Rig rig, String transport, String http) {
        try {
            var process =
                    new ProcessBuilder(
                                    "node",
                                    "calls.mjs",
                                    rig.host().url(),
                                    transport,
                                    descriptors(),
                                    http)
                            .directory(HERE.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            return new Session(process, process.inputReader(), process.outputWriter());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A client process that answers one call after the other.
    record Session(Process process, BufferedReader in, BufferedWriter out)
            implements AutoCloseable {

        String call(String method, String json) {
            try {
                out.write(method + " " + json + "\n");
                out.flush();
                var answer = in.readLine();
                return answer == null ? "(the client ended)" : answer;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
