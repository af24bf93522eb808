package dev.vmcp.platform.rpc;

import java.net.SocketAddress;
import java.util.Arrays;

/// The process at the other end of a unix socket, as the kernel saw it when it connected (unix(7),
/// `SO_PEERCRED` and `SO_PEERGROUPS`). It cannot be forged, and does not change when the process
/// becomes somebody else.
public final class UnixPeer extends SocketAddress {
    private static final long serialVersionUID = 1L;

    private final int pid;
    private final int uid;
    private final int[] groups;

    /// @param groups the effective group and the supplementary ones
    public UnixPeer(int pid, int uid, int... groups) {
        this.pid = pid;
        this.uid = uid;
        this.groups = groups.clone();
    }

    public int uid() {
        return uid;
    }

    public boolean isInGroup(int gid) {
        return Arrays.stream(groups).anyMatch(group -> group == gid);
    }

    @Override
    public String toString() {
        return "unix:pid=" + pid + ",uid=" + uid;
    }
}
