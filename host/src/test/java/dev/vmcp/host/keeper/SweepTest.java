package dev.vmcp.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.VmId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What belongs to no VM any more is removed when a host starts.
final class SweepTest {

    private static final String OLD = "l-" + "c".repeat(24);

    @TempDir private Path directory;
    private KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    @Test
    void directoriesOfNobodyAreSwept() throws Exception {
        var vm = room.in("a", Phase.Running.class);
        var old = room.layout.launches().resolve(OLD);
        Files.createDirectories(old.resolve("deep"));
        Files.writeString(old.resolve("deep").resolve("file"), "x");
        var kept = Files.createFile(directory.resolve("kept"));
        Files.createSymbolicLink(old.resolve("link"), kept);
        var gone = Files.createDirectories(room.layout.vms().resolve("gone"));
        var mine = Files.createDirectories(room.layout.vm(new VmId("a")));
        var _ = room.restart();
        assertThat(old).doesNotExist();
        assertThat(gone).doesNotExist();
        assertThat(mine).isDirectory();
        assertThat(kept).exists();
        assertThat(Layout.names(room.layout.launches())).containsExactly(room.launch(vm).value());
    }

    /// A control group stands for whatever cannot be removed yet.
    @Test
    void whatCannotBeRemovedIsTriedAgainByTheNextStart() throws Exception {
        var group = Files.createDirectory(directory.resolve("group"));
        var member = Files.createFile(group.resolve("member"));
        var old = Files.createDirectory(room.layout.launches().resolve(OLD));
        var traces = room.layout.launches().resolve(OLD + ".traces");
        Files.writeString(traces, "{\"group\":\"" + group + "\"}\n");
        var _ = room.restart();
        assertThat(old).isDirectory();
        assertThat(traces).exists();
        Files.delete(member);
        var _ = room.restart();
        assertThat(Layout.names(room.layout.launches())).isEmpty();
        assertThat(group).doesNotExist();
    }
}
