package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Fault;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where the API listens, and whom it believes.
///
/// @param port 0 for any free one
/// @param tls empty for plain text
/// @param insecure serve beyond loopback without knowing who calls
/// @param requireToken callers beyond this machine must show a token or a certificate
/// @param trustLocal callers of this machine need to show nothing
/// @param maxMessageBytes the largest message of a call, decompressed
/// @param drainTimeout how long a stop waits for calls under way
public record ApiConfig(
        String address,
        int port,
        Optional<Tls> tls,
        boolean insecure,
        boolean requireToken,
        boolean trustLocal,
        int maxMessageBytes,
        Duration drainTimeout) {

    /// @param clientCa who signs the certificates that callers must show; empty when they need none
    public record Tls(Path certificate, Path key, Optional<Path> clientCa) {}

    private static final Setting<String> ADDRESS =
            Setting.of("api.address", Kinds.host())
                    .withFlag("--address")
                    .env("UNKEY_VMCP_ADDRESS")
                    .says("Address that the API listens on.");
    private static final Setting<Integer> PORT =
            Setting.of("api.port", Kinds.port())
                    .withFlag("--port")
                    .env("UNKEY_VMCP_PORT")
                    .or("8080")
                    .says("Port of the API; 0 takes any free one.");
    static final Setting<Optional<Path>> CERTIFICATE =
            Setting.of("api.tls.certificate", Kinds.path().orNone())
                    .withFlag("--tls-cert")
                    .env("VMCP_TLS_CERT")
                    .says("Certificate chain (PEM) that the API shows; turns TLS on.");
    private static final Setting<Optional<Path>> KEY =
            Setting.of("api.tls.key", Kinds.path().orNone())
                    .withFlag("--tls-key")
                    .env("VMCP_TLS_KEY")
                    .says("Private key (PEM) of the certificate.");
    private static final Setting<Optional<Path>> CLIENT_CA =
            Setting.of("api.tls.client-ca", Kinds.path().orNone())
                    .withFlag("--tls-client-ca")
                    .env("VMCP_TLS_CLIENT_CA")
                    .says("Callers must show a certificate that one of these (PEM) signed.");
    private static final Setting<Boolean> INSECURE =
            Setting.of("api.insecure", Kinds.bool())
                    .withFlag("--insecure")
                    .env("VMCP_INSECURE")
                    .or("false")
                    .says("Listen beyond loopback although anyone may call.");
    private static final Setting<Boolean> REQUIRE_TOKEN =
            Setting.of("api.require-token", Kinds.bool())
                    .withFlag("--require-token")
                    .env("VMCP_REQUIRE_TOKEN")
                    .or("false")
                    .says(
                            "Callers must show a token (`vmcp token create`), or a certificate where"
                                    + " `api.tls.client-ca` is set.");
    private static final Setting<Boolean> TRUST_LOCAL =
            Setting.of("api.trust-local", Kinds.bool())
                    .withFlag("--trust-local")
                    .env("VMCP_TRUST_LOCAL")
                    .or("true")
                    .says(
                            "Callers of this machine (loopback) need to show nothing. Turn it off"
                                    + " behind a proxy on this machine.");
    static final Setting<Long> MAX_MESSAGE =
            Setting.of("api.max-message-bytes", Kinds.bytes(1 << 10, 1 << 30))
                    .withFlag("--max-message-bytes")
                    .env("VMCP_MAX_MESSAGE_BYTES")
                    .or("4MiB")
                    .says("Largest message of a call, decompressed.");
    private static final Setting<Duration> DRAIN =
            Setting.of("api.drain-timeout", Kinds.duration())
                    .withFlag("--drain-timeout")
                    .env("VMCP_DRAIN_TIMEOUT")
                    .or("30s")
                    .says("How long a stop waits for calls under way.");

    static List<Setting<?>> settings(Program program) {
        return List.of(
                program.names(address(program)),
                program.names(PORT),
                CERTIFICATE,
                KEY,
                CLIENT_CA,
                INSECURE,
                REQUIRE_TOKEN,
                TRUST_LOCAL,
                MAX_MESSAGE,
                DRAIN);
    }

    static ApiConfig from(Configuration configuration) {
        var certificate = configuration.get(CERTIFICATE);
        var tls =
                certificate.flatMap(chain ->
                        configuration
                                .get(KEY)
                                .map(key -> new Tls(chain, key, configuration.get(CLIENT_CA))));
        return new ApiConfig(
                configuration.get(ADDRESS),
                configuration.get(PORT),
                tls,
                configuration.get(INSECURE),
                configuration.get(REQUIRE_TOKEN),
                configuration.get(TRUST_LOCAL),
                Math.toIntExact(configuration.get(MAX_MESSAGE)),
                configuration.get(DRAIN));
    }

    static List<Fault> faults(Program program, Configuration configuration) {
        var faults = new ArrayList<Fault>();
        for (var file : List.of(CERTIFICATE, KEY, CLIENT_CA)) {
            configuration
                    .get(file)
                    .filter(path -> !Files.isReadable(path))
                    .ifPresent(_ -> faults.add(configuration.fault(file, "a readable file")));
        }
        var certificate = configuration.get(CERTIFICATE).isPresent();
        if (certificate != configuration.get(KEY).isPresent()) {
            var missing = certificate ? KEY : CERTIFICATE;
            faults.add(configuration.fault(missing, "certificate and key together"));
        }
        if (!certificate && configuration.get(CLIENT_CA).isPresent()) {
            faults.add(configuration.fault(CLIENT_CA, "a certificate and key of ours beside it"));
        }
        if (configuration.isSound(ADDRESS, INSECURE, CLIENT_CA, REQUIRE_TOKEN)
                && !program.isDropIn()
                && !configuration.get(INSECURE)
                && configuration.get(CLIENT_CA).isEmpty()
                && !configuration.get(REQUIRE_TOKEN)
                && !isLoopback(configuration.get(ADDRESS))) {
            faults.add(
                    configuration.fault(
                            ADDRESS,
                            "a loopback address, or --require-token, or "
                                    + CLIENT_CA.key()
                                    + ", or --insecure"));
        }
        return faults;
    }

    boolean isBeyondLoopback() {
        return !isLoopback(address);
    }

    /// Whether anyone who reaches the port controls the VMs.
    public boolean isOpenToAnyone() {
        return isBeyondLoopback() && !asksForProof();
    }

    /// Whether callers must show who they are.
    public boolean asksForProof() {
        return requireToken || tls.flatMap(Tls::clientCa).isPresent();
    }

    private static Setting<String> address(Program program) {
        var shown = "`127.0.0.1`; `0.0.0.0` as `vmcp-api` and `chcp-api`";
        return ADDRESS.or(program.isDropIn() ? "0.0.0.0" : "127.0.0.1", shown);
    }

    /// A name other than `localhost` is not looked up: what it means can change.
    private static boolean isLoopback(String address) {
        if (address.equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(address).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
