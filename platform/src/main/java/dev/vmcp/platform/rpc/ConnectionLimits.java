package dev.vmcp.platform.rpc;

/// How many connections a server holds at once. One more is closed as soon as it is there.
///
/// @param total from other machines; as many again from this one, which are counted apart, so that
///   nobody from outside can keep out who is here
/// @param perAddress from one address of another machine; the addresses of an IPv6 network of 64
///   bits count as one, since one caller may have them all
public record ConnectionLimits(int total, int perAddress) {

    public ConnectionLimits {
        if (total < 1 || perAddress < 1) {
            throw new IllegalArgumentException(
                    "connections: " + total + ", " + perAddress + " (expected: 1 at least)");
        }
    }
}
