package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.util.List;
import java.util.Set;

/// Which pages in a browser may call.
///
/// @param hosts names of this host that are believed in a `Host` header, without port
/// @param origins such as `https://console.example.com`
public record BrowserConfig(Set<String> hosts, Set<String> origins) {

    private static final Setting<List<String>> HOSTS =
            Setting.of("api.allowed-hosts", Kinds.words())
                    .withFlag("--allowed-hosts")
                    .env("VMCP_ALLOWED_HOSTS")
                    .says(
                            "Names under which this host is called, with commas between them, beside"
                                    + " its addresses, `localhost` and the name of the machine.");
    private static final Setting<List<String>> ORIGINS =
            Setting.of("api.allowed-origins", Kinds.words())
                    .withFlag("--allowed-origins")
                    .env("VMCP_ALLOWED_ORIGINS")
                    .says(
                            "Origins whose pages may call from a browser, with commas between them,"
                                    + " such as `https://console.example.com`.");

    static List<Setting<?>> settings() {
        return List.of(HOSTS, ORIGINS);
    }

    static BrowserConfig from(Configuration configuration) {
        return new BrowserConfig(
                Set.copyOf(configuration.get(HOSTS)), Set.copyOf(configuration.get(ORIGINS)));
    }
}
