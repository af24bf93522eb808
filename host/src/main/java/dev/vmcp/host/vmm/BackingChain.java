package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The files that a qcow2 image stands on. Each is opened and judged before it is looked into, and
/// says of itself what the next one is and which format that has: a format is never guessed.
///
/// @param layers the nearest first; as far as they are sound
/// @param objection what was expected of the image, where it is refused for what it is or stands on
public record BackingChain(List<Layer> layers, Optional<String> objection) {

    /// @param block whether it is a block device
    public record Layer(Path path, boolean qcow2, boolean block) {}

    /// Opens what an image names.
    public interface Opener {

        /// What was expected of the file, where it may not be opened.
        default Optional<String> objection(Path path) {
            return Optional.empty();
        }

        /// A descriptor for reading, which the caller closes.
        ///
        /// @throws ProcessException when it cannot be opened
        int open(Path path);
    }

    /// The most files behind an image.
    static final int MOST = 32;

    private static final String QCOW2 = "qcow2";

    public BackingChain {
        layers = List.copyOf(layers);
    }

    /// Whether a disk is of a format that may stand on other files.
    public static boolean mayStandOnOthers(VmSpec.Disk disk) {
        return disk.options().getOrDefault("format", "").equals(QCOW2);
    }

    /// What `image` stands on now. Does not throw for what it names.
    ///
    /// @throws IOException when the image itself cannot be read
    /// @throws ProcessException when the image itself cannot be opened
    public static BackingChain of(Path image, Opener opener) throws IOException {
        var walk = new Walk(opener);
        try (var file = new UsersFile(image, opener.open(image))) {
            walk.enter(file);
            var header = Qcow2.of(FileHead.read(file, Qcow2.HEAD));
            if (!header.objection().isEmpty()) {
                return new BackingChain(List.of(), Optional.of(header.objection()));
            }
            var objection = walk.follow(image, header);
            return new BackingChain(walk.layers, objection);
        }
    }

    /// Objects to an image that is none, or that those cannot use who open no other files.
    public static void checkAlone(String image, String field, Objections objections) {
        try {
            var header = Qcow2.of(FileHead.read(Path.of(image), Qcow2.HEAD));
            var expected =
                    header.backing().isEmpty()
                            ? header.objection()
                            : Qcow2.EXPECTED + " without a backing file";
            if (objections.require(
                    !expected.equals(Qcow2.EXPECTED), field, image, Qcow2.EXPECTED)) {
                objections.requireSupported(expected.isEmpty(), field, image, expected);
            }
        } catch (IOException e) {
            objections.require(false, field, image, "a readable file");
        }
    }

    /// What a disk of a launch stands on; every file of it has to be one that the launch has been
    /// given.
    ///
    /// @throws IOException when the chain is not sound
    public static List<Layer> of(FileAccess files, LaunchId launch, VmSpec.Disk disk)
            throws IOException {
        if (!mayStandOnOthers(disk)) {
            return List.of();
        }
        var image = Path.of(disk.path());
        var chain =
                of(image, path -> files.disk(launch, path, path.equals(image) && !disk.readOnly()));
        if (chain.objection().isPresent()) {
            throw new IOException(image + " is not " + chain.objection().get());
        }
        return chain.layers();
    }

    private static String whose(Path path, String expected) {
        return Qcow2.EXPECTED + " whose backing file " + path + " is " + expected;
    }

    private static final class Walk {
        private final Opener opener;
        private final List<Layer> layers = new ArrayList<>();
        private final Set<List<Long>> seen = new HashSet<>();

        Walk(Opener opener) {
            this.opener = opener;
        }

        /// False where it was entered before.
        boolean enter(UsersFile file) {
            var status = FileStatus.of(file.descriptor());
            return seen.add(List.of(status.device(), status.inode()));
        }

        /// Follows what the header of `image` says, to the end, or to what is wrong.
        Optional<String> follow(Path image, Qcow2 header) {
            if (header.backing().isEmpty()) {
                return Optional.empty();
            }
            if (layers.size() == MOST) {
                return Optional.of(Qcow2.EXPECTED + " on at most " + MOST + " backing files");
            }
            var path = path(image, header.backing());
            return path.isEmpty()
                    ? Optional.of(
                            Qcow2.EXPECTED
                                    + " on files: "
                                    + image
                                    + " names something else as its backing file")
                    : ill(path.get(), header.format()).or(() -> look(path.get(), header.format()));
        }

        private Optional<String> ill(Path path, String format) {
            return switch (format) {
                case "raw", QCOW2 -> opener.objection(path).map(words -> whose(path, words));
                case "" ->
                        Optional.of(
                                Qcow2.EXPECTED
                                        + " that says which format its backing file "
                                        + path
                                        + " has, as qemu-img rebase -u -F writes it");
                default -> Optional.of(whose(path, "said to be raw or qcow2"));
            };
        }

        private Optional<String> look(Path path, String format) {
            Qcow2 next;
            try (var file = new UsersFile(path, opener.open(path))) {
                if (!enter(file)) {
                    return Optional.of(whose(path, "not among those that stand on it"));
                }
                var qcow2 = format.equals(QCOW2);
                next = qcow2 ? Qcow2.of(FileHead.read(file, Qcow2.HEAD)) : Qcow2.ALONE;
                layers.add(new Layer(path, qcow2, file.block()));
            } catch (IOException | ProcessException e) {
                return Optional.of(whose(path, "a file that can be read: " + e.getMessage()));
            }
            return next.objection().isEmpty()
                    ? follow(path, next)
                    : Optional.of(whose(path, next.objection()));
        }

        /// As QEMU resolves it: beside the image that names it. Empty for what is no path, such as
        /// `nbd:…` or `json:…`.
        private static Optional<Path> path(Path image, String name) {
            var scheme = name.indexOf(':');
            var slash = name.indexOf('/');
            if (name.chars().anyMatch(Character::isISOControl)
                    || (scheme >= 0 && (slash < 0 || scheme < slash))) {
                return Optional.empty();
            }
            try {
                return Optional.of(image.resolveSibling(name));
            } catch (InvalidPathException _) {
                return Optional.empty();
            }
        }
    }
}
