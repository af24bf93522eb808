package dev.vmcp.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.disk.AllowedRoots;
import dev.vmcp.host.disk.FileUse;
import dev.vmcp.host.disk.SpecPaths;
import dev.vmcp.host.driver.Qcow2File;
import dev.vmcp.host.driver.Specs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a qcow2 image stands on is judged as if the spec named it.
@Timeout(20)
class BackingFilesTest {

    @TempDir Path directory;

    private Path inside = Path.of("/");
    private Path outside = Path.of("/");
    private Path base = Path.of("/");
    private HostChecks checks = new HostChecks(new SpecPaths(AllowedRoots.PUBLISHED), _ -> true);

    @BeforeEach
    void makeRoots() throws IOException {
        var real = directory.toRealPath();
        inside = Files.createDirectory(real.resolve("inside"));
        outside = Files.createDirectory(real.resolve("outside"));
        base = Files.write(inside.resolve("base.raw"), new byte[1 << 20]);
        checks = new HostChecks(new SpecPaths(new AllowedRoots(List.of(inside))), _ -> true);
    }

    private Path on(String backing, String format) throws IOException {
        return Qcow2File.write(inside.resolve("top.qcow2"), backing, format);
    }

    private static VmSpec spec(VmSpec.Disk... disks) {
        var spec = Specs.plain("", "", 1L << 30);
        for (var disk : disks) {
            spec = Specs.with(spec, disk);
        }
        return spec;
    }

    /// The one thing that is wrong with a VM that has this disk.
    private String wrong(Path image) {
        var found = checks.check(spec(Specs.qcow2("d", image))).invalid();
        assertThat(found)
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.field()).isEqualTo("config.storage[0].path");
                    assertThat(one.value()).isEqualTo(image.toString());
                });
        return found.getFirst().expected();
    }

    private List<String> uses(VmSpec spec) {
        return checks.uses(spec).stream()
                .map(use -> use.way() + " " + Path.of(use.path()).getFileName())
                .toList();
    }

    @Test
    void aSoundChainPassesAndIsOnlyRead() throws IOException {
        var middle = Qcow2File.write(inside.resolve("middle.qcow2"), "base.raw", "raw");
        var spec = spec(Specs.qcow2("d", on(middle.toString(), "qcow2")));

        assertThat(checks.check(spec).none()).isTrue();
        assertThat(uses(spec))
                .containsExactly("WRITE top.qcow2", "READ middle.qcow2", "READ base.raw");
    }

    @Test
    void aRawDiskStandsOnNothingWhateverItHolds() throws IOException {
        var disk = Specs.disk("d", on("/etc/passwd", "raw").toString(), false);

        assertThat(checks.check(spec(disk)).none()).isTrue();
        assertThat(uses(spec(disk))).containsExactly("WRITE top.qcow2");
    }

    @Test
    void aBackingFileThatIsNotThereIsNamed() throws IOException {
        assertThat(wrong(on("gone.raw", "raw")))
                .contains(inside.resolve("gone.raw").toString(), "does not exist");
    }

    @Test
    void aBackingFileMayNotLieElsewhere() throws IOException {
        var secret = Files.write(outside.resolve("secret"), new byte[1 << 20]);
        Files.createSymbolicLink(inside.resolve("link"), secret);

        for (var name : List.of(secret.toString(), "../outside/secret", "link")) {
            assertThat(wrong(on(name, "raw"))).contains("lies, links resolved, in one of");
        }
        assertThat(wrong(on("../outside/none", "raw"))).doesNotContain("exist");
        assertThat(uses(spec(Specs.qcow2("d", on("link", "raw")))))
                .containsExactly("WRITE top.qcow2");
    }

    @Test
    void aChainThatEndsElsewhereIsRefusedToo() throws IOException {
        Qcow2File.write(inside.resolve("middle.qcow2"), "/etc/passwd", "raw");

        assertThat(wrong(on("middle.qcow2", "qcow2"))).contains("backing file /etc/passwd");
    }

    @Test
    void aChainThatComesBackToItselfEnds() throws IOException {
        assertThat(wrong(on("top.qcow2", "qcow2"))).contains("not among those that stand on it");
        Qcow2File.write(inside.resolve("middle.qcow2"), "top.qcow2", "qcow2");
        assertThat(wrong(on("middle.qcow2", "qcow2")))
                .contains("top.qcow2 is not among those that stand on it");
    }

    @Test
    void aChainIsNotFollowedForEver() throws IOException {
        Qcow2File.write(inside.resolve("0"), "base.raw", "raw");
        for (var i = 1; i <= 33; i++) {
            Qcow2File.write(inside.resolve("" + i), "" + (i - 1), "qcow2");
        }
        var fits = spec(Specs.qcow2("d", inside.resolve("31")));

        assertThat(checks.check(fits).none()).isTrue();
        assertThat(wrong(inside.resolve("32"))).contains("at most 32 backing files");
    }

    @Test
    void aFormatIsNeverGuessed() throws IOException {
        assertThat(wrong(on("base.raw", ""))).contains("says which format", "qemu-img rebase");
        assertThat(wrong(on("base.raw", "vmdk"))).contains("raw or qcow2");
        assertThat(wrong(on("base.raw", "qcow2"))).endsWith("is a qcow2 image");
    }

    @Test
    void whatIsNoPathIsNotOpened() throws IOException {
        for (var name : List.of("nbd://127.0.0.1/x", "json:{}", "file:base.raw", "a\nb")) {
            assertThat(wrong(on(name, "raw"))).contains("names something else");
        }
    }

    @Test
    void anImageThatIsNoneOrNeedsMoreIsRefused() throws IOException {
        assertThat(wrong(base)).isEqualTo("a qcow2 image");
        var image = on("base.raw", "raw");
        var plain = Files.readAllBytes(image);
        for (var flaw : Map.of(7, 9, 35, 1, 79, 4, 19, 0).entrySet()) {
            var bytes = plain.clone();
            bytes[flaw.getKey()] = flaw.getValue().byteValue();
            Files.write(image, bytes);
            assertThat(wrong(image)).startsWith("a qcow2 image ");
        }
        var far = ByteBuffer.wrap(plain.clone()).putLong(8, Long.MAX_VALUE - 4);
        Files.write(image, far.array());
        assertThat(wrong(image)).contains("first 64 KiB");
        Files.write(image, ByteBuffer.wrap(plain.clone()).putInt(100, -8).array());
        assertThat(wrong(image)).contains("says which format");
        Files.write(image, ByteBuffer.wrap(plain.clone()).putInt(108, -1).array());
        assertThat(wrong(image)).contains("says which format");
    }

    @Test
    void noDiskWritesWhatAnotherStandsOn() throws IOException {
        var overlay = Specs.qcow2("d", on("base.raw", "raw"));
        var spec = spec(overlay, Specs.disk("e", base.toString(), false));

        assertThat(checks.check(spec).invalid())
                .extracting(Violation::field)
                .containsExactly("config.storage[0].path");
        var reading = spec(overlay, Specs.disk("e", base.toString(), true));
        assertThat(checks.check(reading).none()).isTrue();
        assertThat(checks.uses(reading))
                .filteredOn(use -> use.way() == FileUse.Way.READ)
                .hasSize(2);
    }
}
