package dev.vmcp.host.driver.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a VMM may do: nothing but what its own user may.
///
/// QEMU's own `-runas` dies under its own sandbox, so util-linux's `setpriv` goes before it.
final class Privileges {

    private Privileges() {}

    /// The program and arguments that turn into `command` run by `uid`, with no capability and no
    /// way to gain one.
    ///
    /// @throws IOException when something for it is missing on this host
    static List<String> chain(
            int uid, Accelerator accelerator, Map<String, String> environment, List<String> command)
            throws IOException {
        if (uid == 0) {
            return command;
        }
        var chain = new ArrayList<String>();
        chain.add(setpriv(environment).toString());
        chain.add("--reuid=" + uid);
        chain.add("--regid=" + uid);
        chain.add(groups(accelerator));
        chain.addAll(List.of("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"));
        chain.addAll(command);
        return chain;
    }

    private static String groups(Accelerator accelerator) throws IOException {
        if (accelerator.kind() == Accelerator.Kind.TCG) {
            return "--clear-groups";
        }
        return Accelerator.deviceGroup().map(group -> "--groups=" + group).orElse("--clear-groups");
    }

    private static Path setpriv(Map<String, String> environment) throws IOException {
        return SearchPath.find("setpriv", environment)
                .orElseThrow(() ->
                        new IOException(
                                "setpriv is not on PATH (cure: install util-linux), so VMs"
                                        + " cannot run as users of their own"));
    }

    /// Whether any user may read the file by its own permissions.
    static boolean readableByAll(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }
}
