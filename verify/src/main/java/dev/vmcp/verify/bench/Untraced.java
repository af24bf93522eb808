package dev.vmcp.verify.bench;

import dev.vmcp.platform.telemetry.otel.CurrentTrace;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A host without a path for traces: whoever asks what a thread works for is told a constant.
final class Untraced {

    static final List<String> JVM = List.of("-Xms40m", "-Xmx256m");

    private static final ClassDesc CONTEXT = Context.class.describeConstable().orElseThrow();

    private Untraced() {}

    /// What starts such a host.
    static Path launcher(Path directory) throws IOException {
        var changed = directory.resolve("classes");
        write(changed);
        var program = directory.resolve("untraced");
        Files.writeString(
                program,
                """
                #!/bin/sh
                shift
                exec '%s' -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \\
                  --sun-misc-unsafe-memory-access=allow %s -cp '%s:%s' dev.vmcp.host.Main vmcp host "$@"
                """
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                String.join(" ", JVM),
                                changed,
                                System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program;
    }

    private static void write(Path root) throws IOException {
        var name = CurrentTrace.class.getName().replace('.', '/') + ".class";
        var file = root.resolve(name);
        var parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try (var source = CurrentTrace.class.getClassLoader().getResourceAsStream(name)) {
            if (source == null) {
                throw new IllegalStateException(name + ": missing (expected: on the class path)");
            }
            var classes = ClassFile.of();
            Files.write(
                    file,
                    classes.transformClass(
                            classes.parse(source.readAllBytes()),
                            ClassTransform.ofStateful(() ->
                                    (builder, element) -> {
                                        if (element instanceof MethodModel method
                                                && method.methodName().equalsString("get")) {
                                            builder.withMethodBody(
                                                    method.methodName().stringValue(),
                                                    method.methodTypeSymbol(),
                                                    method.flags().flagsMask(),
                                                    code ->
                                                            code.invokestatic(
                                                                            CONTEXT,
                                                                            "root",
                                                                            MethodTypeDesc.of(
                                                                                    CONTEXT),
                                                                            true)
                                                                    .areturn());
                                        } else {
                                            builder.with(element);
                                        }
                                    })));
        }
    }
}
