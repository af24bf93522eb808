package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import dev.vmcp.platform.telemetry.Logs;
import java.util.List;
import org.slf4j.event.Level;

/// What is logged, and how.
public record LogConfig(Level level, Logs.Format format) {

    private static final Setting<Level> LEVEL =
            Setting.of("log.level", Kinds.choice(Level.class))
                    .env("VMCP_LOG_LEVEL")
                    .or("info")
                    .says("Least level that is logged.");
    private static final Setting<Logs.Format> FORMAT =
            Setting.of("log.format", Kinds.choice(Logs.Format.class))
                    .env("VMCP_LOG_FORMAT")
                    .or("auto")
                    .says("`auto` is `text` on a terminal, else `json`.");

    static List<Setting<?>> settings() {
        return List.of(LEVEL, FORMAT);
    }

    static LogConfig from(Configuration configuration) {
        return new LogConfig(configuration.get(LEVEL), configuration.get(FORMAT));
    }
}
