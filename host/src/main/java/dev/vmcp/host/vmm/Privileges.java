package dev.vmcp.host.vmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a VMM may do: nothing but what its own user may.
///
/// QEMU's own `-runas` dies under its own sandbox, so util-linux's `setpriv` goes before it.
public final class Privileges {

    private Privileges() {}

    /// The program and arguments that turn into `command` run by `uid`, with no capability and no
    /// way to gain one.
    ///
    /// @param group the one supplementary group that it keeps
    /// @throws IOException when something for it is missing on this host
    public static List<String> chain(
            int uid, Optional<Integer> group, Map<String, String> environment, List<String> command)
            throws IOException {
        if (uid == 0) {
            return command;
        }
        var chain = new ArrayList<String>();
        chain.add(setpriv(environment).toString());
        chain.add("--reuid=" + uid);
        chain.add("--regid=" + uid);
        chain.add(group.map(id -> "--groups=" + id).orElse("--clear-groups"));
        chain.addAll(List.of("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"));
        chain.addAll(command);
        return chain;
    }

    private static Path setpriv(Map<String, String> environment) throws IOException {
        return SearchPath.find("setpriv", environment)
                .orElseThrow(() ->
                        new IOException(
                                "setpriv is not on PATH (cure: install util-linux), so VMs"
                                        + " cannot run as users of their own"));
    }

    /// Whether any user may read the file by its own permissions.
    public static boolean readableByAll(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }

    /// Whether any user may read the file, and write it where that is asked, by its own
    /// permissions.
    public static boolean openToAll(Path file, boolean writable) throws IOException {
        var permissions = Files.getPosixFilePermissions(file);
        return permissions.contains(PosixFilePermission.OTHERS_READ)
                && (!writable || permissions.contains(PosixFilePermission.OTHERS_WRITE));
    }

    /// Whether we are root, who may mount and run VMMs as other users.
    public static boolean root() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }
}
