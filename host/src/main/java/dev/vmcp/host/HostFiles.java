package dev.vmcp.host;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.host.disk.FileOpener;
import dev.vmcp.host.driver.FileAccess;
import java.nio.file.Path;

/// Gives drivers the files that callers may name.
record HostFiles(FileOpener opener) implements FileAccess {

    @Override
    public int image(Path path) {
        return opener.image(path);
    }

    @Override
    public int disk(LaunchId launch, Path path, boolean writable) {
        return opener.disk(launch, path, writable);
    }
}
