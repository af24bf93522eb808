package dev.vmcp.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.vmcp.api.cloudhypervisor.v1.Cloudhypervisor;
import dev.vmcp.api.host.v1.Access;
import dev.vmcp.api.host.v1.Host;
import dev.vmcp.api.host.v1.Log;
import dev.vmcp.api.vmm.v1.Vmm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `docs/api.md` is made from the .proto files. Renew it with `-Dvmcp.write-docs=true`.
final class ApiPageTest {

    private static final Path PAGE = Path.of("..", "docs", "api.md");
    private static final Path PROTOS = Path.of("..", "api", "src", "main", "proto");

    private static final List<FileDescriptor> FILES =
            List.of(
                    Vmm.getDescriptor(),
                    Host.getDescriptor(),
                    Access.getDescriptor(),
                    Log.getDescriptor(),
                    Cloudhypervisor.getDescriptor());

    private static final String HEAD =
            """
            # API

            Made from the .proto files under [api/src/main/proto](../api/src/main/proto); a test fails when it is out of date.

            Every call is served on one port as Connect (JSON or protobuf), gRPC and gRPC-Web. With curl it is a `POST` of JSON
            to the path given with each call, with `Content-Type: application/json`. A call marked *reads only* also takes Connect's `GET`.

            - Names in a request are `snake_case` or `lowerCamelCase`, in an answer `lowerCamelCase`. Unknown names are ignored.
            - An `int64` is a string in an answer's JSON, and a string or a number in a request's. `bytes` are base64.
            - A field that has its zero value is absent from an answer. A field that a request leaves out has its zero value.
            - A failure has a code, a message and a stable reason: [errors.md](errors.md). The keys of the maps in a VM's
              configuration are in [option-keys.md](option-keys.md).
            - A deadline (`Connect-Timeout-Ms`, `grpc-timeout`) ends the wait, not what was begun.

            Beside these services: `grpc.health.v1.Health`, server reflection (`grpc.reflection.v1` and `v1alpha`), and over plain
            HTTP `GET /health`, `GET /_/health` and, with OpenTelemetry and Prometheus enabled, `GET /metrics`.

            """;

    @Test
    void thePageSaysWhatTheProtosSay() throws IOException {
        var page = new StringBuilder(HEAD);
        for (var file : FILES) {
            page.append(ApiPage.of(file, Vmm.getDescriptor()));
        }
        var text = page.toString().stripTrailing() + "\n";
        if (Boolean.getBoolean("vmcp.write-docs")) {
            Files.writeString(PAGE, text);
        }
        assertThat(Files.readString(PAGE))
                .as("renew it with -Dvmcp.write-docs=true")
                .isEqualTo(text);
    }

    @Test
    void everyProtoIsOnThePage() throws IOException {
        try (var tree = Files.walk(PROTOS)) {
            var protos =
                    tree.filter(file -> file.toString().endsWith(".proto"))
                            .map(file -> PROTOS.relativize(file).toString());
            assertThat(protos)
                    .containsExactlyInAnyOrderElementsOf(
                            FILES.stream().map(FileDescriptor::getName).toList());
        }
    }

    @Test
    void everyCallSaysWhatItDoes() throws IOException {
        for (var file : FILES) {
            assertThat(ApiPage.unexplained(file)).as(file.getName()).isEmpty();
        }
    }
}
