package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Fault;
import dev.vmcp.platform.config.Reference;
import dev.vmcp.platform.config.Setting;
import dev.vmcp.platform.config.Startup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Everything that can be configured of a host.
public record HostConfig(
        Program program,
        StateConfig state,
        ApiConfig api,
        SocketConfig socket,
        BrowserConfig browsers,
        LimitConfig limits,
        BackendConfig backend,
        GuestConfig guests,
        TimeoutConfig timeouts,
        LogConfig log,
        OtelConfig otel) {

    /// Reads flags, environment and file. What is wrong, and what `--check-config`,
    /// `--print-config` and `--help` ask for, is answered on `output`.
    public static Startup<HostConfig> read(
            Program program,
            List<String> flags,
            Map<String, String> environment,
            Startup.Output output) {
        var settings = settings(program, Caller.of(environment));
        return Startup.of(
                Configuration.read(settings, flags, environment),
                configuration -> faults(program, configuration),
                configuration -> from(program, configuration),
                output);
    }

    /// What the operator should hear at every start.
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (api.isOpenToAnyone()) {
            warnings.add(
                    "anyone who reaches "
                            + api.address()
                            + " port "
                            + api.port()
                            + " controls the VMs of this host: set UNKEY_VMCP_ADDRESS=127.0.0.1,"
                            + " or demand client certificates with VMCP_TLS_CLIENT_CA");
        }
        if (api.isBeyondLoopback() && api.tls().isPresent() && otel.pulledInPlainText()) {
            warnings.add(
                    "port "
                            + otel.prometheusPort()
                            + " serves metrics as plain text, and whoever listens on the way reads"
                            + " the tokens of those who ask: set VMCP_OTEL_PROMETHEUS_TLS=true");
        }
        return List.copyOf(warnings);
    }

    /// The page of `docs/` about settings.
    static String reference() {
        var caller = new Caller(true, Path.of("/"), Map.of());
        return """
        # Configuration of a host

        Made from the declarations in `dev.vmcp.host.config`; a test fails when it is out of date and says how to renew it.

        A flag wins over the environment, the environment over the file, the file over the default. An empty variable
        counts as unset. Every problem is reported at once, and the process then exits with status 78.
        `--check-config` only looks for problems; `--print-config` prints every setting and where it came from, as TOML.

        ## `vmcp up`, `vmcp host`, `vmcp-api`

        %s
        ## `chcp-api`

        The same settings; these have the variables of its predecessor too, and the first that is set counts.

        %s\
        """
                .formatted(
                        Reference.markdown(settings(Program.VMCP, caller)),
                        Reference.markdown(
                                settings(Program.CHCP_API, caller).stream()
                                        .filter(setting -> setting.environment().size() > 1)
                                        .toList()));
    }

    static List<Setting<?>> settings(Program program, Caller caller) {
        return Stream.of(
                        List.<Setting<?>>of(Configuration.FILE),
                        StateConfig.settings(caller),
                        ApiConfig.settings(program),
                        SocketConfig.settings(),
                        BrowserConfig.settings(),
                        LimitConfig.settings(),
                        BackendConfig.settings(program),
                        GuestConfig.settings(),
                        TimeoutConfig.settings(),
                        LogConfig.settings(),
                        OtelConfig.settings(program))
                .<Setting<?>>flatMap(List::stream)
                .toList();
    }

    private static List<Fault> faults(Program program, Configuration configuration) {
        var faults = new ArrayList<>(ApiConfig.faults(program, configuration));
        faults.addAll(SocketConfig.faults(configuration));
        faults.addAll(LimitConfig.faults(configuration, ApiConfig.MAX_MESSAGE));
        faults.addAll(GuestConfig.faults(configuration));
        faults.addAll(OtelConfig.faults(configuration, ApiConfig.CERTIFICATE));
        return faults;
    }

    private static HostConfig from(Program program, Configuration configuration) {
        var api = ApiConfig.from(configuration);
        return new HostConfig(
                program,
                StateConfig.from(configuration),
                api,
                SocketConfig.from(configuration),
                BrowserConfig.from(configuration),
                LimitConfig.from(configuration, api.maxMessageBytes()),
                BackendConfig.from(configuration),
                GuestConfig.from(configuration),
                TimeoutConfig.from(configuration),
                LogConfig.from(configuration),
                OtelConfig.from(configuration));
    }
}
