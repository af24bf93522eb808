package dev.vmcp.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SpecPathsTest {

    @TempDir Path directory;

    private Path inside = Path.of("/");
    private Path outside = Path.of("/");
    private SpecPaths paths = new SpecPaths(AllowedRoots.PUBLISHED);

    @BeforeEach
    void makeRoots() throws IOException {
        inside = Files.createDirectory(directory.toRealPath().resolve("inside"));
        outside = Files.createDirectory(directory.toRealPath().resolve("outside"));
        paths = new SpecPaths(new AllowedRoots(List.of(inside)));
    }

    private Path file(Path parent, String name) throws IOException {
        return Files.writeString(parent.resolve(name), "x");
    }

    private static VmSpec spec(String kernel, List<VmSpec.Disk> disks, String output) {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(1L << 30, false, 0, Map.of()),
                new VmSpec.Boot(kernel, "", "", Map.of()),
                disks,
                List.of(),
                new VmSpec.Console(!output.isEmpty(), output, "", ""),
                Map.of());
    }

    private List<String> kernel(Path path) {
        return sentences(spec(path.toString(), List.of(), ""));
    }

    private List<String> disk(Path path) {
        return sentences(spec("", List.of(use(path)), ""));
    }

    private List<String> output(Path path) {
        return sentences(spec("", List.of(), path.toString()));
    }

    private static VmSpec.Disk use(Path path) {
        return new VmSpec.Disk("", path.toString(), false, false, "", Map.of());
    }

    private List<String> sentences(VmSpec spec) {
        return paths.check(spec).invalid().stream().map(Violation::sentence).toList();
    }

    @Test
    void filesInsideTheRootsPass() throws IOException {
        var file = file(inside, "a, b");

        assertThat(kernel(file)).isEmpty();
        assertThat(disk(file)).isEmpty();
    }

    @Test
    void aMissingFileIsNamedWithItsField() {
        assertThat(kernel(inside.resolve("vmlinux")))
                .containsExactly(
                        "config.boot.kernel_path: "
                                + inside.resolve("vmlinux")
                                + " (expected: an existing file: it does not exist)");
    }

    @Test
    void whatIsNoFileIsSaidToBeWhatItIs() throws Exception {
        var pipe = inside.resolve("pipe");
        var made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
        var socket = inside.resolve("s");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));

            assertThat(kernel(pipe)).singleElement().asString().contains("it is a pipe");
            assertThat(disk(pipe)).singleElement().asString().contains("it is a pipe");
            assertThat(disk(socket)).singleElement().asString().contains("it is a socket");
            assertThat(kernel(inside)).singleElement().asString().contains("it is a directory");
            assertThat(output(pipe)).singleElement().asString().contains("it is a pipe");
        }
    }

    @Test
    void linksAreFollowedAndJudgedByWhereTheyLead() throws IOException {
        var target = file(inside, "target");
        var good = Files.createSymbolicLink(inside.resolve("good"), Path.of("target"));
        var alias = Files.createSymbolicLink(outside.resolve("alias"), inside);
        var bad = Files.createSymbolicLink(inside.resolve("bad"), file(outside, "secret"));

        assertThat(kernel(good)).isEmpty();
        assertThat(kernel(alias.resolve(target.getFileName()))).isEmpty();
        assertThat(kernel(bad)).singleElement().asString().contains("links resolved, in one of");
    }

    @Test
    void outsideOfTheRootsNothingTellsWhetherAFileExists() throws IOException {
        var there = file(outside, "there");
        var absent = outside.resolve("absent");
        var toThere = Files.createSymbolicLink(inside.resolve("to"), there);
        var words = "a file that lies, links resolved, in one of " + inside;

        for (var path :
                List.of(
                        there,
                        absent,
                        outside,
                        outside.resolve("no/such"),
                        inside.resolve("../outside/there"),
                        inside.resolve("../outside/absent"),
                        toThere)) {
            assertThat(kernel(path))
                    .singleElement()
                    .asString()
                    .endsWith("(expected: " + words + ")");
        }
        Files.delete(there);
        assertThat(kernel(toThere)).singleElement().asString().contains(words);
    }

    @Test
    void aLoopOfLinksEnds() throws IOException {
        var a = inside.resolve("a");
        Files.createSymbolicLink(a, Path.of("b"));
        Files.createSymbolicLink(inside.resolve("b"), Path.of("a"));

        assertThat(kernel(a)).singleElement().asString().contains("does not exist");
    }

    @Test
    void namesThatNoFileSystemTakesAreJustMissing() {
        assertThat(kernel(inside.resolve("a".repeat(3000)))).hasSize(1);
        assertThat(kernel(inside.resolve("file/below/file"))).hasSize(1);
    }

    @Test
    void pathsOfAWrongFormAreLeftToTheRulesOfSpecs() {
        assertThat(sentences(spec("relative", List.of(), ""))).isEmpty();
        assertThat(sentences(spec("/a\0b", List.of(), ""))).isEmpty();
    }

    @Test
    void devicesAreBlockDevicesUnderDev() throws IOException {
        assertThat(disk(Path.of("/dev/null")))
                .singleElement()
                .asString()
                .contains("a block device: it is a character device");
        assertThat(disk(Path.of("/dev/no-such-disk"))).singleElement().asString().contains("exist");
        assertThat(kernel(Path.of("/dev/null"))).singleElement().asString().contains("in one of");

        try (Stream<Path> all = Files.list(Path.of("/dev"))) {
            var block = all.filter(one -> isBlock(one) && Files.isWritable(one)).findFirst();
            assumeThat(block).as("a block device that we may write").isPresent();
            assertThat(disk(block.get())).isEmpty();
        }
    }

    private static boolean isBlock(Path path) {
        try {
            return FileFacts.ofName(path).kind() == FileFacts.Kind.BLOCK_DEVICE;
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void aConsoleFileNeedNotExistButItsDirectory() throws IOException {
        assertThat(output(inside.resolve("new.log"))).isEmpty();
        assertThat(output(file(inside, "old.log"))).isEmpty();
        assertThat(output(Path.of("/var/log/vmcp-no-such-file.log"))).isEmpty();
        assertThat(output(inside.resolve("none/new.log")))
                .singleElement()
                .asString()
                .contains("none");
        assertThat(output(inside)).singleElement().asString().contains("directory");
        assertThat(output(outside.resolve("new.log"))).singleElement().asString().contains("lies");
    }

    @Test
    void aConsoleFileIsNoLinkAndHasOneName() throws IOException {
        var file = file(inside, "file");
        var link = Files.createSymbolicLink(inside.resolve("link"), file);

        assertThat(output(link)).singleElement().asString().contains("it is a symbolic link");

        Files.createLink(inside.resolve("second"), file);

        assertThat(output(file)).singleElement().asString().contains("2 hard links");
    }

    @Test
    void aConsoleFileIsNoDiskOfTheSameVmUnderAnotherName() throws IOException {
        var disk = file(inside, "disk");
        var alias = Files.createSymbolicLink(outside.resolve("alias"), inside);
        var spec = spec("", List.of(use(disk)), alias.resolve("disk").toString());

        assertThat(sentences(spec))
                .singleElement()
                .asString()
                .contains("another file than that of config.storage[0].path");
    }

    @Test
    void rootsAreReadFromAList() {
        assertThat(AllowedRoots.parse("VMCP_ALLOWED_PATHS", "/a:/b/../c").toString())
                .contains("/a", "/c");
        for (var bad : List.of("", "a", "/a:", "/a:b")) {
            assertThat(AllowedRoots.parse("VMCP_ALLOWED_PATHS", bad).toString())
                    .contains("InvalidInput", "VMCP_ALLOWED_PATHS");
        }
    }
}
