package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.nio.file.Path;
import java.util.List;

/// Where the host keeps all that must outlive it.
public record StateConfig(Path dataDirectory) {

    private static final Setting<Path> DATA =
            Setting.of("data-dir", Kinds.path())
                    .env("VMCP_DATA_DIR")
                    .says("All state of the host; two hosts need two of them.");

    static List<Setting<?>> settings(Caller caller) {
        var shown = "`/var/lib/vmcp` as root, else `$XDG_STATE_HOME/vmcp` or `~/.local/state/vmcp`";
        return List.of(DATA.or(caller.state().toString(), shown));
    }

    static StateConfig from(Configuration configuration) {
        return new StateConfig(configuration.get(DATA).toAbsolutePath().normalize());
    }
}
