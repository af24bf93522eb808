package dev.vmcp.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// Where a host answers.
public sealed interface Endpoint {

    /// Where a host listens that was told nothing.
    String DEFAULT = "http://127.0.0.1:8080";

    /// Where the host of the package listens for root and its group.
    Path SERVICE_SOCKET = Path.of("/run/vmcp/host.sock");

    record Tcp(String host, int port) implements Endpoint {
        @Override
        public String toString() {
            return "http://" + authority();
        }

        @Override
        public String authority() {
            return join(host, port);
        }
    }

    record Tls(String host, int port) implements Endpoint {
        @Override
        public String toString() {
            return "https://" + authority();
        }

        @Override
        public String authority() {
            return join(host, port);
        }
    }

    /// @param path at most 106 bytes long, which is what the JDK dials
    record Unix(Path path) implements Endpoint {
        @Override
        public String toString() {
            return "unix://" + path;
        }

        @Override
        public String authority() {
            return "localhost";
        }
    }

    /// What the `Host` header says.
    String authority();

    /// Reads `http://host:port`, `https://host:port`, `unix:///path`, `unix:/path`, or `host:port`.
    ///
    /// @throws IllegalArgumentException naming the text and the forms that there are
    static Endpoint parse(String text) {
        if (text.startsWith("unix:")) {
            var path = text.substring((text.startsWith("unix://") ? "unix://" : "unix:").length());
            if (!path.startsWith("/")) {
                throw notAnEndpoint(text);
            }
            return new Unix(Path.of(path));
        }
        return ofUri(text, text.contains("://") ? text : "http://" + text);
    }

    private static Endpoint ofUri(String text, String full) {
        URI uri;
        try {
            uri = new URI(full);
        } catch (URISyntaxException e) {
            throw notAnEndpoint(text);
        }
        var host = uri.getHost();
        var path = uri.getRawPath();
        var bare = path == null || path.isEmpty() || path.equals("/");
        if (host == null || !bare || uri.getRawQuery() != null || uri.getUserInfo() != null) {
            throw notAnEndpoint(text);
        }
        var port = uri.getPort();
        return switch (uri.getScheme()) {
            case "http" -> new Tcp(unbracketed(host), port < 0 ? 80 : port);
            case "https" -> new Tls(unbracketed(host), port < 0 ? 443 : port);
            default -> throw notAnEndpoint(text);
        };
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String join(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static IllegalArgumentException notAnEndpoint(String text) {
        return new IllegalArgumentException(
                "endpoint: "
                        + text
                        + " (expected: http://host:port, https://host:port or unix:///path)");
    }
}
