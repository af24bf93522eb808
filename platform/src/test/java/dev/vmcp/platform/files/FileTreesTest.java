package dev.vmcp.platform.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTreesTest {

    @TempDir Path directory;

    @Test
    void aTreeIsGoneAndWhatItsLinksNameStays() throws IOException {
        var other = Files.createDirectory(directory.resolve("other"));
        Files.writeString(other.resolve("kept"), "kept");
        var tree = directory.resolve("tree");
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/file"), "");
        Files.createSymbolicLink(tree.resolve("a/link"), other);
        Files.createSymbolicLink(tree.resolve("a/dangling"), directory.resolve("nowhere"));
        FileTrees.remove(tree);
        assertThat(tree).doesNotExist();
        assertThat(other.resolve("kept")).hasContent("kept");
    }

    @Test
    void aLinkInThePlaceOfATreeIsRemovedItself() throws IOException {
        var other = Files.createDirectory(directory.resolve("other"));
        Files.createDirectory(other.resolve("kept"));
        var link = Files.createSymbolicLink(directory.resolve("link"), other);
        FileTrees.remove(link);
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(other.resolve("kept")).exists();
    }

    @Test
    void whatIsNotThereIsNoFailureAndWhatCannotBeRemovedIs() throws IOException {
        FileTrees.remove(directory.resolve("nothing"));
        var file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> FileTrees.remove(Path.of("/proc/self/fdinfo")))
                .isInstanceOf(IOException.class);
        FileTrees.remove(file);
        assertThat(file).doesNotExist();
    }
}
