package dev.vmcp.host.network;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.Libc;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The TAP devices of this process's network namespace. Uses those that exist and makes none. Safe
/// for use by many threads.
public final class Taps {

    /// `IFNAMSIZ` without the final zero.
    public static final int LONGEST_NAME = 15;

    private static final MethodHandle IOCTL =
            Libc.bindVariadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

    private static final Path DEVICE = Path.of("/dev/net/tun");
    private static final Path DEVICES = Path.of("/proc/net/dev");

    /// From `linux/if_tun.h`, and `struct ifreq`: the name, then the flags.
    private static final long TUNSETIFF = 0x400454ca;

    private static final int IFF_TAP = 0x0002;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS = 16;

    private Taps() {}

    /// Whether there is a network device of this name, of whatever kind.
    public static boolean exists(String name) {
        return traffic().containsKey(name);
    }

    /// A non-blocking descriptor of the TAP with virtio headers, for a VMM to inherit. The caller
    /// closes ours.
    ///
    /// @throws ProcessException when there is no such device, it is no TAP, or another holds it
    public static int open(String name) {
        // The kernel would make the device that it does not find.
        if (name.length() > LONGEST_NAME || !exists(name)) {
            throw new ProcessException("open TAP " + name + ": there is no such network device");
        }
        var descriptor = Descriptors.open(DEVICE, OpenFlags.READ_WRITE | OpenFlags.NON_BLOCKING);
        var flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
        var result = join(descriptor, name, flags);
        if (result == -Errno.EINVAL) {
            result = join(descriptor, name, flags | IFF_MULTI_QUEUE);
        }
        if (result < 0) {
            Descriptors.close(descriptor);
            throw new ProcessException("open TAP " + name + ": " + why((int) -result));
        }
        return descriptor;
    }

    /// Empty when there is no such device.
    public static Optional<Traffic> traffic(String name) {
        return Optional.ofNullable(traffic().get(name));
    }

    /// By name, of every network device: one look at the kernel's table for any number of VMs.
    public static Map<String, Traffic> traffic() {
        try {
            var found = new HashMap<String, Traffic>();
            for (var line : Files.readAllLines(DEVICES, StandardCharsets.ISO_8859_1)) {
                // The two lines of headings have no colon.
                var colon = line.lastIndexOf(':');
                if (colon >= 0) {
                    found.put(
                            line.substring(0, colon).strip(),
                            Traffic.parse(line.substring(colon + 1)));
                }
            }
            return Map.copyOf(found);
        } catch (IOException e) {
            throw new ProcessException("read " + DEVICES + ": " + e.getMessage(), e);
        }
    }

    private static long join(int descriptor, String name, int flags) {
        return Libc.call((arena, errno) -> {
            var request = arena.allocate(IFREQ_BYTES, Long.BYTES);
            request.setString(0, name);
            request.set(JAVA_SHORT, IFREQ_FLAGS, (short) flags);
            return (int) IOCTL.invokeExact(errno, descriptor, TUNSETIFF, request);
        });
    }

    private static String why(int errno) {
        return switch (errno) {
            case Errno.EINVAL -> "not a TAP device";
            case Errno.EBUSY -> "another process uses it";
            case Errno.EPERM -> "neither ours nor are we privileged";
            default -> Errno.text(errno);
        };
    }
}
