package dev.vmcp.host.access;

import dev.vmcp.platform.rpc.UnixPeer;
import java.util.OptionalInt;

/// Whom a listener believes.
///
/// @param trustLocal callers over loopback need to show nothing
/// @param open nobody needs to show anything
/// @param user our own, who may do everything over a unix socket, as root may
/// @param group whose members may, too
public record AccessPolicy(boolean trustLocal, boolean open, int user, OptionalInt group) {

    private static final int ROOT = 0;

    boolean admits(UnixPeer peer) {
        return peer.uid() == ROOT
                || peer.uid() == user
                || (group.isPresent() && peer.isInGroup(group.getAsInt()));
    }
}
