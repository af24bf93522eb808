package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/// What `make o11y` gives to Podman, made there with an empty image in place of Grafana's and not
/// started: Podman says what it understood. Each in a storage of its own.
final class StackTest {

    private static final Path DIRECTORY = Dashboard.DIRECTORY.normalize();
    private static final String POD = "vmcp-o11y-lgtm";

    @TempDir Path temporary;

    @Test
    void podmanMakesThePodWithItsPortsMountsAndSettings() throws IOException {
        var file = file();
        var image = image(file);
        var imported = podman("import", "--change=CMD [\"true\"]", layer().toString(), image);
        assumeTrue(imported.status() == 0, () -> "Podman works not here: " + imported.output());

        var made = podman("kube", "play", "--start=false", file.toString());
        assertThat(made.status()).as(made.output()).isZero();

        assertThat(inspect("{{json .Mounts}}"))
                .extracting(mount -> text(mount, "Source") + " " + text(mount, "Destination"))
                .containsExactlyInAnyOrder(
                        DIRECTORY + " /vmcp",
                        DIRECTORY + "/prometheus.yaml /otel-lgtm/prometheus.yaml");
        assertThat(inspect("{{json .Mounts}}"))
                .allSatisfy(mount -> assertThat(text(mount, "RW")).isEqualTo("false"));
        assertThat(inspect("{{json .Config.Env}}"))
                .extracting(JsonElement::getAsString)
                .contains("GF_PATHS_PROVISIONING=/vmcp/provisioning");
        assertThat(podman("ps", "-a", "--format", "{{.Names}} {{.Ports}}").good())
                .contains("127.0.0.1:3000->3000/tcp", "127.0.0.1:4317-4318->4317-4318/tcp");

        var _ = podman("kube", "down", file.toString()).good();
        assertThat(podman("ps", "-a", "-q").good()).isBlank();
    }

    @Test
    void whatGrafanaIsToldToReadIsThere() throws IOException {
        var dashboards = yaml(DIRECTORY.resolve("provisioning/dashboards/vmcp.yaml"));
        assertThat(dashboards.toString()).contains("path=/vmcp/dashboards");
        assertThat(yaml(DIRECTORY.resolve("prometheus.yaml")).get("rule_files"))
                .isEqualTo(List.of("/vmcp/alerts.yaml"));
        var sources = yaml(DIRECTORY.resolve("provisioning/datasources/vmcp.yaml")).toString();
        assertThat(sources).contains("uid=prometheus", "uid=tempo", "uid=loki");
        for (var dashboard : Dashboard.all()) {
            assertThat(dashboard.json().toString())
                    .as(dashboard.name())
                    .contains("\"uid\":\"prometheus\"");
        }
    }

    /// With the directory's path, as the script makes it.
    private Path file() throws IOException {
        var text = Files.readString(DIRECTORY.resolve("lgtm.yaml"));
        var whole = text.replace("@here@", DIRECTORY.toString());
        return Files.writeString(temporary.resolve("lgtm.yaml"), whole);
    }

    private static String image(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.strip().startsWith("image: "))
                .map(line -> line.strip().substring("image: ".length()))
                .findFirst()
                .orElseThrow();
    }

    private Path layer() throws IOException {
        var root = Files.createDirectories(temporary.resolve("layer"));
        Files.writeString(root.resolve("empty"), "");
        var tar = temporary.resolve("layer.tar");
        var _ = Command.run("tar", "-C", root.toString(), "-cf", tar.toString(), ".").good();
        return tar;
    }

    private List<JsonElement> inspect(String format) {
        var answer = podman("inspect", POD, "--format", format).good();
        JsonArray array = JsonParser.parseString(answer).getAsJsonArray();
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static String text(JsonElement object, String name) {
        return object.getAsJsonObject().get(name).getAsString();
    }

    private Command.Result podman(String... arguments) {
        var command =
                new ArrayList<>(
                        List.of(
                                PrometheusServer.program("podman"),
                                "--root=" + temporary.resolve("storage"),
                                "--runroot=" + temporary.resolve("run"),
                                "--tmpdir=" + temporary.resolve("tmp"),
                                "--storage-driver=vfs",
                                "--cgroup-manager=cgroupfs",
                                "--events-backend=none"));
        command.addAll(Stream.of(arguments).toList());
        return Command.run(temporary, Map.of(), command);
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        return new Yaml().load(Files.readString(file));
    }
}
