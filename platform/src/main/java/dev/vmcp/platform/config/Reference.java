package dev.vmcp.platform.config;

import java.util.List;
import java.util.stream.Collectors;

/// What people read about settings, made from their declarations.
public final class Reference {
    private static final String HEAD =
            """
            | Setting | Environment | Flag | Type | Default | What it does |
            |---|---|---|---|---|---|
            """;

    private Reference() {}

    /// A table in Markdown, one row a setting.
    public static String markdown(List<Setting<?>> settings) {
        return settings.stream().map(Reference::row).collect(Collectors.joining("", HEAD, ""));
    }

    /// The flags, for `--help`.
    static String help(List<Setting<?>> settings) {
        return settings.stream()
                .map(setting ->
                        "  %s\n        %s%s\n"
                                .formatted(
                                        setting.isBoolean()
                                                ? setting.flag()
                                                : setting.flag() + "=VALUE",
                                        setting.description(),
                                        setting.fallbackShown().isEmpty()
                                                ? ""
                                                : " Default: " + setting.fallbackShown()))
                .collect(
                        Collectors.joining(
                                "",
                                "Settings:\n",
                                """
                                  --check-config
                                        Reports what is wrong with the configuration, and exits.
                                  --print-config
                                        Prints every setting with its source as TOML, and exits.
                                """));
    }

    private static String row(Setting<?> setting) {
        return "| %s | %s | `%s` | %s | %s | %s |\n"
                .formatted(
                        setting.inFile() ? "`" + setting.key() + "`" : "not in the file",
                        setting.environment().stream()
                                .map(name -> "`" + name + "`")
                                .collect(Collectors.joining(", ")),
                        setting.flag(),
                        setting.kind().name(),
                        setting.fallbackShown(),
                        setting.description());
    }
}
