package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.BackingChain;
import dev.vmcp.host.vmm.FilesAsNamed;
import java.io.IOException;
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
        record Image(Path path) implements Item {}

        record Disk(Path path, boolean writable) implements Item {}

        record Own(Path path) implements Item {}

        record Tap(String name) implements Item {}
    }

    private final FileAccess files;
    private final LaunchId launch;
    private final List<Item> items = new ArrayList<>();

    Handover(FileAccess files, LaunchId launch) {
        this.files = files;
        this.launch = launch;
    }

    /// What opens them.
    FileAccess files() {
        return files;
    }

    /// The number under which QEMU will find the kernel or initrd.
    int image(Path path) {
        return add(new Item.Image(path));
    }

    /// The number under which QEMU will find the disk.
    int disk(Path path, boolean writable) {
        return add(new Item.Disk(path, writable));
    }

    /// What a disk stands on.
    ///
    /// @throws IOException when that is not sound
    List<BackingChain.Layer> behind(VmSpec.Disk disk) throws IOException {
        return BackingChain.of(files, launch, disk);
    }

    /// The number under which QEMU will find a file of ours.
    int own(Path path) {
        return add(new Item.Own(path));
    }

    /// The number under which QEMU will find the TAP device.
    int tap(String name) {
        return add(new Item.Tap(name));
    }

    private int add(Item item) {
        items.add(item);
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
                            case Item.Image(var path) -> files.image(path);
                            case Item.Own(var path) -> FilesAsNamed.open(path, false);
                            case Item.Disk(var path, var writable) ->
                                    files.disk(launch, path, writable);
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
}
