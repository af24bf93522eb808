package dev.vmcp.verify.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// Somebody who signs certificates, by the JDK's keytool.
final class Authority {

    private static final String WORD = "changeit";

    private final Path directory;
    private final String name;

    private Authority(Path directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /// A certificate and its private key, PEM.
    record Signed(Path certificate, Path key) {}

    static Authority named(String name, Path directory) {
        var authority = new Authority(directory, name);
        authority.generate(name, "bc:c=ca:true");
        authority.keytool(
                name, "-exportcert", "-rfc", "-alias", name, "-file", authority.file(name, "crt"));
        return authority;
    }

    Path certificate() {
        return Path.of(file(name, "crt"));
    }

    /// Signs a new key for the loopback address.
    Signed sign(String who) {
        generate(who, "san=ip:127.0.0.1");
        keytool(who, "-certreq", "-alias", who, "-file", file(who, "csr"));
        keytool(
                name,
                "-gencert",
                "-rfc",
                "-alias",
                name,
                "-ext",
                "san=ip:127.0.0.1",
                "-infile",
                file(who, "csr"),
                "-outfile",
                file(who, "crt"));
        return new Signed(Path.of(file(who, "crt")), key(who));
    }

    private void generate(String who, String extension) {
        keytool(
                who,
                "-genkeypair",
                "-alias",
                who,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + who,
                "-ext",
                extension);
    }

    private Path key(String who) {
        try {
            var keys = KeyStore.getInstance(Path.of(store(who)).toFile(), WORD.toCharArray());
            var bytes = keys.getKey(who, WORD.toCharArray()).getEncoded();
            return Files.writeString(
                    Path.of(file(who, "key")),
                    "-----BEGIN PRIVATE KEY-----\n"
                            + Base64.getMimeEncoder().encodeToString(bytes)
                            + "\n-----END PRIVATE KEY-----\n");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("key of " + who, e);
        }
    }

    private String file(String who, String kind) {
        return directory.resolve(who + "." + kind).toString();
    }

    private String store(String who) {
        return file(who, "p12");
    }

    private void keytool(String who, String... arguments) {
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var quick = List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC");
        var command = new ArrayList<>(List.of(tool));
        command.addAll(quick);
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", WORD));
        command.addAll(List.of("-keystore", store(who)));
        var _ = Command.run(directory, Map.of(), command).good();
    }
}
