package dev.vmcp.host.vmm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.Libc;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// Lends a user access to an open file by an entry in its access list, and takes it back. Safe for
/// use by many threads.
final class AccessEntries {

    private static final MethodHandle GET =
            Libc.bind(
                    "fgetxattr",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle SET =
            Libc.bind(
                    "fsetxattr",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));

    private static final String LIST = "system.posix_acl_access";
    private static final int LONGEST = 65536;
    private static final int ENODATA = 61;
    private static final int EOPNOTSUPP = 95;

    /// Entries of several VMs may stand in one file's list, which is read, changed and written.
    private static final ReentrantLock CHANGING = new ReentrantLock();

    private AccessEntries() {}

    /// Whether the file's own permissions give that access to any user.
    static boolean isOpenToAll(int descriptor, boolean write) throws IOException {
        return list(descriptor).letsAnybody(rights(write));
    }

    /// @throws IOException when the file system has no access lists, or the file's forbids it
    static void lend(int descriptor, int uid, boolean write) throws IOException {
        CHANGING.lock();
        try {
            var changed = list(descriptor).with(uid, rights(write));
            if (changed.isEmpty()) {
                throw new IOException(
                        "the mask of its access list keeps the VM's user "
                                + uid
                                + " out (cure: setfacl -m m::rw on it)");
            }
            store(descriptor, changed.get());
        } finally {
            CHANGING.unlock();
        }
    }

    static void takeBack(int descriptor, int uid) throws IOException {
        CHANGING.lock();
        try {
            var list = list(descriptor);
            var changed = list.without(uid);
            if (!changed.equals(list)) {
                store(descriptor, changed);
            }
        } finally {
            CHANGING.unlock();
        }
    }

    private static int rights(boolean write) {
        return write ? AccessList.READ | AccessList.WRITE : AccessList.READ;
    }

    static AccessList list(int descriptor) throws IOException {
        var stored = new byte[][] {{}};
        var length =
                Libc.call((arena, errno) -> {
                    var buffer = arena.allocate(LONGEST);
                    var got =
                            (long)
                                    GET.invokeExact(
                                            errno,
                                            descriptor,
                                            arena.allocateFrom(LIST),
                                            buffer,
                                            buffer.byteSize());
                    if (got > 0) {
                        stored[0] = buffer.asSlice(0, got).toArray(JAVA_BYTE);
                    }
                    return got;
                });
        if (length == -ENODATA || length == -EOPNOTSUPP) {
            var file = Path.of("/proc/self/fd/" + descriptor);
            return AccessList.of(Files.getPosixFilePermissions(file));
        }
        Libc.check(length, "read the access list");
        return AccessList.read(stored[0]);
    }

    private static void store(int descriptor, AccessList list) throws IOException {
        var bytes = list.bytes();
        var done =
                Libc.call((arena, errno) ->
                        (int)
                                SET.invokeExact(
                                        errno,
                                        descriptor,
                                        arena.allocateFrom(LIST),
                                        arena.allocateFrom(JAVA_BYTE, bytes),
                                        (long) bytes.length,
                                        0));
        if (done < 0) {
            throw new IOException("change its access list: " + Errno.text((int) -done));
        }
    }
}
