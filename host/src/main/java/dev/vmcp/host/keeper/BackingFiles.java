package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.disk.FileUse;
import dev.vmcp.host.disk.SpecPaths;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.BackingChain;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files that disks of a spec stand on. Whoever owns an image says in it which these are, so
/// each is judged like one that the spec names.
record BackingFiles(SpecPaths paths) {

    /// What is wrong with them, by the field of the disk.
    ///
    /// @param bad the fields that were objected to already; what these name is not looked into
    List<Violation> violations(VmSpec spec, List<String> bad) {
        var wrong = new ArrayList<Violation>();
        for (int i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            var field = "config.storage[" + i + "].path";
            if (mayHave(disk) && !bad.contains(field)) {
                objection(disk, spec)
                        .ifPresent(words -> wrong.add(Violation.of(field, disk.path(), words)));
            }
        }
        return wrong;
    }

    private static boolean mayHave(VmSpec.Disk disk) {
        return BackingChain.mayStandOnOthers(disk) && disk.path().startsWith("/");
    }

    private Optional<String> objection(VmSpec.Disk disk, VmSpec spec) {
        try {
            var chain = BackingChain.of(Path.of(disk.path()), new Judged(paths));
            return chain.objection().or(() -> written(chain, spec));
        } catch (IOException | ProcessException | InvalidPathException e) {
            return Optional.of("a file that can be read: " + e.getMessage());
        }
    }

    /// A file that others stand on changes only while none of them is used.
    private Optional<String> written(BackingChain chain, VmSpec spec) {
        var written =
                paths.uses(spec).stream()
                        .filter(use -> use.way() != FileUse.Way.READ)
                        .map(FileUse::file)
                        .collect(Collectors.toSet());
        return reading(chain)
                .filter(use -> written.contains(use.file()))
                .findFirst()
                .map(use -> "a qcow2 image on files that this VM does not write: " + use.path());
    }

    private static Stream<FileUse> reading(BackingChain chain) {
        return chain.layers().stream().flatMap(layer -> SpecPaths.reading(layer.path()).stream());
    }

    /// What a launch of `spec` does to them.
    List<FileUse> uses(VmSpec spec) {
        return spec.disks().stream().filter(BackingFiles::mayHave).flatMap(this::behind).toList();
    }

    /// As far as the chain is sound: the rest is refused by [#violations] or by the boot.
    private Stream<FileUse> behind(VmSpec.Disk disk) {
        try {
            return reading(BackingChain.of(Path.of(disk.path()), new Judged(paths)));
        } catch (IOException | ProcessException | InvalidPathException _) {
            return Stream.empty();
        }
    }

    private record Judged(SpecPaths paths) implements BackingChain.Opener {

        @Override
        public Optional<String> objection(Path path) {
            return paths.objection(path);
        }

        @Override
        public int open(Path path) {
            return paths.open(path);
        }
    }
}
