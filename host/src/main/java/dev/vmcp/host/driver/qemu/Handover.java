package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.ProcessException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files and TAP devices that QEMU gets as open descriptors, numbered from 3 on in the order in
/// which they were asked for.
///
/// So QEMU needs no right on them, and no path of a user stands in its arguments.
final class Handover {

    private static final int FIRST = 3;

    private sealed interface Item {
        record File(Path path, boolean writable) implements Item {}

        record Tap(String name) implements Item {}
    }

    private final List<Item> items = new ArrayList<>();

    /// The number under which QEMU will find the file.
    int file(Path path, boolean writable) {
        items.add(new Item.File(path, writable));
        return FIRST + items.size() - 1;
    }

    /// The number under which QEMU will find the TAP device.
    int tap(String name) {
        items.add(new Item.Tap(name));
        return FIRST + items.size() - 1;
    }

    /// Opens everything in order. Whoever calls this closes them, by [#close].
    ///
    /// @throws ProcessException when one cannot be opened; none is open then
    List<Integer> open(TapAccess taps) {
        var opened = new ArrayList<Integer>();
        try {
            for (var item : items) {
                opened.add(
                        switch (item) {
                            case Item.File(var path, var writable) -> openFile(path, writable);
                            case Item.Tap(var name) -> taps.open(name);
                        });
            }
            return opened;
        } catch (RuntimeException e) {
            close(opened);
            throw e;
        }
    }

    static void close(List<Integer> descriptors) {
        descriptors.forEach(Descriptors::close);
    }

    static int openFile(Path path, boolean writable) {
        var access = writable ? OpenFlags.READ_WRITE : OpenFlags.READ_ONLY;
        // Non-blocking: somebody may have put a FIFO in its place.
        var descriptor = Descriptors.open(path, access | OpenFlags.NON_BLOCKING);
        var kind = FileStatus.of(descriptor).kind();
        if (kind != FileStatus.Kind.REGULAR && kind != FileStatus.Kind.BLOCK) {
            Descriptors.close(descriptor);
            throw new ProcessException("open " + path + ": neither a file nor a block device");
        }
        return descriptor;
    }
}
