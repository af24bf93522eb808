package dev.vmcp.platform.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every setting with its effective value and where that came from: flag, else environment, else
/// file, else default.
///
/// A value that is wrong is a [Fault], and the setting then reads as its default.
public final class Configuration {

    /// Where the file is. Part of every list of settings that is read.
    public static final Setting<Optional<Path>> FILE =
            Setting.of("config", Kinds.path().orNone())
                    .env("VMCP_CONFIG")
                    .notInFile()
                    .says("TOML file with settings that neither a flag nor the environment gives.");

    static final String DEFAULT = "default";

    /// A setting's effective value.
    ///
    /// @param text the value as it was written
    /// @param source `flag --port`, `environment UNKEY_VMCP_PORT`, the file's path, or `default`
    record Entry(Setting<?> setting, Object value, String text, String source) {}

    /// What a source says of a setting.
    private record Said(String source, String name, String text) {
        String where() {
            return source.equals("flag") || source.equals("environment")
                    ? source + " " + name
                    : source;
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, Fault> faulty = new LinkedHashMap<>();
    private final Request request;

    private Configuration(Request request) {
        this.request = request;
    }

    /// Reads the settings; never fails, but may have faults.
    public static Configuration read(
            List<Setting<?>> settings, List<String> arguments, Map<String, String> environment) {
        var flags = Flags.parse(settings, arguments);
        var configuration = new Configuration(flags.request());
        configuration.faults.addAll(flags.faults());
        configuration.settle(FILE, said(FILE, flags, environment, Optional.empty(), Map.of()));
        var path = configuration.get(FILE);
        var file = path.map(p -> TomlFile.read(settings, p)).orElseGet(TomlFile::none);
        configuration.faults.addAll(file.faults());
        for (var setting : settings) {
            if (!setting.key().equals(FILE.key())) {
                var said = said(setting, flags, environment, path, file.values());
                configuration.settle(setting, said);
            }
        }
        return configuration;
    }

    /// The effective value.
    @SuppressWarnings("unchecked") // only a value that the setting's own kind read is stored
    public <T> T get(Setting<T> setting) {
        return (T) entry(setting).value();
    }

    /// Whether some source gave a value, so that it is not the default.
    public boolean isGiven(Setting<?> setting) {
        return !entry(setting).source().equals(DEFAULT);
    }

    /// Whether none of the settings has a fault, so that a rule about them all makes sense.
    public boolean isSound(Setting<?>... settings) {
        return Arrays.stream(settings).noneMatch(setting -> faulty.containsKey(setting.key()));
    }

    /// Says that the effective value of a setting breaks a rule.
    public Fault fault(Setting<?> setting, String expected) {
        var entry = entry(setting);
        return new Fault(entry.source(), setting.key(), setting.shown(entry.text()), expected);
    }

    public List<Fault> faults() {
        return List.copyOf(faults);
    }

    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    Request request() {
        return request;
    }

    private Entry entry(Setting<?> setting) {
        var entry = entries.get(setting.key());
        if (entry == null) {
            throw new IllegalStateException("setting: " + setting.key() + " (expected: was read)");
        }
        return entry;
    }

    private static Said said(
            Setting<?> setting,
            Flags flags,
            Map<String, String> environment,
            Optional<Path> path,
            Map<String, String> file) {
        var flag = flags.values().get(setting.key());
        if (flag != null) {
            return new Said("flag", setting.flag(), flag);
        }
        for (var name : setting.environment()) {
            var value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return new Said("environment", name, value);
            }
        }
        var inFile = file.get(setting.key());
        return inFile != null && path.isPresent()
                ? new Said(path.get().toString(), setting.key(), inFile)
                : new Said(DEFAULT, setting.key(), setting.fallback());
    }

    private <T> void settle(Setting<T> setting, Said said) {
        var value = setting.kind().parse(said.text());
        if (value.isPresent()) {
            var entry = new Entry(setting, value.get(), said.text(), said.where());
            entries.put(setting.key(), entry);
            return;
        }
        var shown = setting.shown(said.text());
        var fault = new Fault(said.source(), said.name(), shown, setting.kind().expected());
        faults.add(fault);
        faulty.put(setting.key(), fault);
        var fallback = setting.kind().parse(setting.fallback());
        if (fallback.isEmpty()) {
            throw new IllegalStateException(
                    setting.key()
                            + ": "
                            + setting.fallback()
                            + " (expected: a default that is "
                            + setting.kind().expected()
                            + ")");
        }
        entries.put(setting.key(), new Entry(setting, fallback.get(), setting.fallback(), DEFAULT));
    }
}
