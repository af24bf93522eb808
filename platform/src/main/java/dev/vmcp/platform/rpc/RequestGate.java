package dev.vmcp.platform.rpc;

import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Keeps browser pages of other origins away: checks `Origin`, and `Host` against DNS rebinding. A
/// page that the server itself delivered passes; other origins pass when they are listed, and get
/// CORS headers. Programs send no `Origin` and are not concerned. Unix sockets have no `Host` to
/// check.
public final class RequestGate {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final @Nullable Set<String> hosts;
    private final Set<String> origins;
    private final boolean open;

    private RequestGate(@Nullable Set<String> hosts, Set<String> origins, boolean open) {
        this.hosts = hosts;
        this.origins = origins;
        this.open = open;
    }

    /// Nothing is checked; for ports that no browser reaches.
    public static RequestGate open() {
        return new RequestGate(null, Set.of(), true);
    }

    /// For loopback ports: `Host` must be localhost or a loopback address.
    public static RequestGate local() {
        return new RequestGate(LOOPBACK, Set.of(), false);
    }

    /// For ports of the network, whose names are not known: only `Origin` is checked.
    public static RequestGate anyHost() {
        return new RequestGate(null, Set.of(), false);
    }

    /// The same, with further names that `Host` may have, without port. No effect where hosts are
    /// not checked.
    public RequestGate allowHosts(Set<String> more) {
        return hosts == null ? this : new RequestGate(union(hosts, more), origins, open);
    }

    /// The same, with origins such as `https://console.example.com` whose pages may call.
    public RequestGate allowOrigins(Set<String> more) {
        return new RequestGate(hosts, union(origins, more), open);
    }

    /// Why a request is refused, or empty.
    Optional<String> refusal(@Nullable String host, @Nullable String origin, boolean unixSocket) {
        if (open) {
            return Optional.empty();
        }
        if (hosts != null && !unixSocket && (host == null || !hosts.contains(name(host)))) {
            return Optional.of("Host: " + host + " (expected: one of " + hosts + ")");
        }
        if (origin != null && !sameOrigin(origin, host) && !crossOrigin(origin)) {
            return Optional.of("Origin: " + origin + " (expected: none, our own or a listed one)");
        }
        return Optional.empty();
    }

    /// Whether pages of this origin may read our answers.
    boolean crossOrigin(String origin) {
        return origins.contains(origin.toLowerCase(Locale.ROOT));
    }

    private static boolean sameOrigin(String origin, @Nullable String host) {
        return host != null
                && (origin.equalsIgnoreCase("http://" + host)
                        || origin.equalsIgnoreCase("https://" + host));
    }

    private static String name(String host) {
        int colon = host.lastIndexOf(':');
        boolean port = colon > host.lastIndexOf(']');
        return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
    }

    private static Set<String> union(Set<String> these, Set<String> more) {
        var all = new TreeSet<>(these);
        more.forEach(item -> all.add(item.toLowerCase(Locale.ROOT)));
        return Collections.unmodifiableSet(all);
    }
}
