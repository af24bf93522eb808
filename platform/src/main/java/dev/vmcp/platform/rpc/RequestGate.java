package dev.vmcp.platform.rpc;

import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Keeps browser pages of other origins away: checks `Origin`, and `Host` against DNS rebinding, by
/// which a page makes a name of its own point to us. A page that the server itself delivered
/// passes; other origins pass when they are listed, and get CORS headers. Programs send no `Origin`
/// and are not concerned. Unix sockets have no `Host` to check.
public final class RequestGate {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-f:.]+]");

    private static final int MOST_SHOWN = 100;

    private enum Reach {
        NOBODY_CHECKED,
        LOOPBACK_ONLY,
        NETWORK
    }

    private final Reach reach;
    private final Set<String> hosts;
    private final Set<String> origins;

    private RequestGate(Reach reach, Set<String> hosts, Set<String> origins) {
        this.reach = reach;
        this.hosts = hosts;
        this.origins = origins;
    }

    /// Nothing is checked; for ports that no browser reaches.
    public static RequestGate open() {
        return new RequestGate(Reach.NOBODY_CHECKED, Set.of(), Set.of());
    }

    /// For loopback ports: `Host` must be localhost or a loopback address.
    public static RequestGate local() {
        return new RequestGate(Reach.LOOPBACK_ONLY, LOOPBACK, Set.of());
    }

    /// For ports of the network, whose names are not all known. A page passes as our own only under
    /// an address, `localhost`, `machine` or a listed name, and callers over loopback may use no
    /// other name, with a page or without.
    ///
    /// @param machine the name of this machine; may be empty
    public static RequestGate anyHost(String machine) {
        return new RequestGate(Reach.NETWORK, union(LOOPBACK, Set.of(machine)), Set.of());
    }

    /// The same, with further names that `Host` may have, without port.
    public RequestGate allowHosts(Set<String> more) {
        return new RequestGate(reach, union(hosts, more), origins);
    }

    /// The same, with origins such as `https://console.example.com` whose pages may call.
    public RequestGate allowOrigins(Set<String> more) {
        return new RequestGate(reach, hosts, union(origins, more));
    }

    /// Why a request is refused, or empty.
    Optional<String> refusal(@Nullable String host, @Nullable String origin, Door door) {
        if (reach == Reach.NOBODY_CHECKED) {
            return Optional.empty();
        }
        boolean named = host != null && isKnown(name(host));
        boolean nameCounts =
                switch (door) {
                    case UNIX -> false;
                    case LOOPBACK -> true;
                    case NETWORK -> reach == Reach.LOOPBACK_ONLY;
                };
        if (nameCounts && !named) {
            return Optional.of("Host: " + shown(host) + " (expected: one of " + hosts + ")");
        }
        boolean ours = named && sameOrigin(String.valueOf(origin), String.valueOf(host));
        if (origin != null && !ours && !crossOrigin(origin)) {
            return Optional.of(
                    "Origin: " + shown(origin) + " (expected: none, our own or a listed one)");
        }
        return Optional.empty();
    }

    /// The way a request came in by.
    enum Door {
        UNIX,
        LOOPBACK,
        NETWORK
    }

    /// An address cannot be made to point elsewhere, a name can.
    private boolean isKnown(String name) {
        return hosts.contains(name) || (reach == Reach.NETWORK && ADDRESS.matcher(name).matches());
    }

    private static String shown(@Nullable String text) {
        var all = String.valueOf(text);
        return all.length() > MOST_SHOWN ? all.substring(0, MOST_SHOWN) + "…" : all;
    }

    /// Whether pages of this origin may read our answers.
    boolean crossOrigin(String origin) {
        return origins.contains(origin.toLowerCase(Locale.ROOT));
    }

    private static boolean sameOrigin(String origin, String host) {
        return origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host);
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
