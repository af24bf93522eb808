package dev.vmcp.platform.http;

import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// One plain HTTP request, read in full.
///
/// @param path decoded, without the query
/// @param query the first value of each parameter
/// @param headers the first value of each header, names in lower case
/// @param tls the session when the caller came over TLS; it holds a verified client certificate
@SuppressWarnings("ArrayRecordComponent") // a body is read once and not compared
public record WebRequest(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        byte[] body,
        SocketAddress peer,
        @Nullable SSLSession tls) {

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
