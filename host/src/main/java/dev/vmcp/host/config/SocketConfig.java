package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Fault;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The unix socket that the API is served on beside its port.
///
/// @param path empty for none
/// @param group the number of the group whose members may do everything, beside root and our own
///   user
public record SocketConfig(Optional<Path> path, OptionalInt group) {

    private static final int LONGEST_PATH = 92;
    private static final Path GROUPS = Path.of("/etc/group");

    private static final Setting<Optional<Path>> PATH =
            Setting.of("api.listen", Kinds.unixSocket().orNone())
                    .withFlag("--listen")
                    .env("VMCP_LISTEN")
                    .says(
                            "A unix socket, such as `unix:/run/vmcp/host.sock`, that the API listens"
                                    + " on beside its port.");
    private static final Setting<Optional<String>> GROUP =
            Setting.of("api.socket-group", Kinds.text().orNone())
                    .withFlag("--socket-group")
                    .env("VMCP_SOCKET_GROUP")
                    .says(
                            "Group of `/etc/group`, or its number, whose members may do everything"
                                    + " over the socket, as root and the user of the host may.");

    static List<Setting<?>> settings() {
        return List.of(PATH, GROUP);
    }

    static SocketConfig from(Configuration configuration) {
        var group = configuration.get(GROUP).map(SocketConfig::number);
        return new SocketConfig(configuration.get(PATH), group.orElse(OptionalInt.empty()));
    }

    static List<Fault> faults(Configuration configuration) {
        var faults = new ArrayList<Fault>();
        configuration
                .get(PATH)
                .filter(path ->
                        path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH)
                .ifPresent(_ ->
                        faults.add(
                                configuration.fault(PATH, "at most " + LONGEST_PATH + " bytes")));
        configuration
                .get(GROUP)
                .filter(group -> number(group).isEmpty())
                .ifPresent(_ ->
                        faults.add(
                                configuration.fault(GROUP, "a group of /etc/group or a number")));
        return faults;
    }

    private static OptionalInt number(String group) {
        if (group.matches("[0-9]{1,9}")) {
            return OptionalInt.of(Integer.parseInt(group));
        }
        try (var lines = Files.lines(GROUPS)) {
            return lines.map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 2 && fields[0].equals(group))
                    .mapToInt(fields -> Integer.parseInt(fields[2]))
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
