package dev.vmcp.verify.crash;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vmcp.host.process.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Files that a user made and lets VMs use. A host may lend them to a VMM while that runs, and
/// leaves them as they were: same owner, mode, names, and access list.
final class UsersFiles {

    private static final MethodHandle GET =
            Libc.bind(
                    "getxattr",
                    FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    private static final String LIST = "system.posix_acl_access";
    private static final int LONGEST = 65536;
    private static final int VERSION_BYTES = 4;
    private static final int ENTRY_BYTES = 8;
    private static final int NAMED_USER = 2;

    private final SortedMap<Path, String> atFirst = new TreeMap<>();

    /// Remembers files as they are now, before any VM had them.
    void add(Path file) {
        atFirst.put(file, looks(file));
    }

    /// What is not as it was.
    ///
    /// @param lent whose user may have an entry meanwhile, by file
    List<String> changed(Map<Path, Integer> lent) {
        var faults = new ArrayList<String>();
        atFirst.forEach((file, first) -> {
            var named = new TreeSet<>(named(file));
            if (lent.containsKey(file)) {
                named.remove(lent.get(file));
            } else if (!looks(file).equals(first)) {
                faults.add("file " + file + " is " + looks(file) + " (expected: " + first + ")");
            }
            if (!named.isEmpty()) {
                faults.add("access list of " + file + " names users " + named);
            }
        });
        return faults;
    }

    private static String looks(Path file) {
        try {
            var mode = (int) Files.getAttribute(file, "unix:mode");
            return "mode "
                    + Integer.toOctalString(mode)
                    + ", owner "
                    + Files.getAttribute(file, "unix:uid")
                    + ":"
                    + Files.getAttribute(file, "unix:gid")
                    + ", "
                    + Files.getAttribute(file, "unix:nlink")
                    + " names";
        } catch (IOException e) {
            throw new UncheckedIOException("look at " + file, e);
        }
    }

    /// The users that the access list of a file names, as acl(5) and `linux/posix_acl_xattr.h` say.
    static List<Integer> named(Path file) {
        var stored = ByteBuffer.wrap(list(file)).order(ByteOrder.LITTLE_ENDIAN);
        var users = new ArrayList<Integer>();
        for (var at = VERSION_BYTES; at < stored.capacity(); at += ENTRY_BYTES) {
            if (stored.getShort(at) == NAMED_USER) {
                users.add(stored.getInt(at + 4));
            }
        }
        return users;
    }

    private static byte[] list(Path file) {
        var stored = new byte[][] {{}};
        // Less than 0: it has none.
        var _ =
                Libc.call((arena, errno) -> {
                    var buffer = arena.allocate(LONGEST);
                    var got =
                            (long)
                                    GET.invokeExact(
                                            errno,
                                            arena.allocateFrom(file.toString()),
                                            arena.allocateFrom(LIST),
                                            buffer,
                                            buffer.byteSize());
                    if (got > 0) {
                        stored[0] = buffer.asSlice(0, got).toArray(JAVA_BYTE);
                    }
                    return got;
                });
        return stored[0];
    }
}
