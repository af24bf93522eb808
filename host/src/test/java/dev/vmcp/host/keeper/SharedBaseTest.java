package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static dev.vmcp.host.keeper.KeeperRoom.force;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Qcow2File;
import dev.vmcp.host.driver.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// VMs whose disks stand on one file.
@Timeout(60)
class SharedBaseTest {

    @TempDir Path directory;
    private Path base = Path.of("/");
    private KeeperRoom room;

    @BeforeEach
    void setUp() throws IOException {
        directory = directory.toRealPath();
        room = new KeeperRoom(directory);
        base = Files.write(directory.resolve("base.raw"), new byte[1 << 20]);
    }

    private VmKeeper over(String id) throws IOException {
        var image = Qcow2File.write(directory.resolve(id + ".qcow2"), "base.raw", "raw");
        return create(id, Specs.qcow2("d", image));
    }

    private VmKeeper create(String id, VmSpec.Disk disk) {
        return room.create(id, room.spec(KeeperRoom.MEMORY, List.of(disk)));
    }

    private static String refusal(Outcome<Reply> outcome) {
        return outcome instanceof Outcome.Refused<Reply>(Problem.NotNow problem)
                ? problem.message()
                : "not refused: " + outcome;
    }

    @Test
    void manyVmsStandOnAFileThatNobodyWritesMeanwhile() throws IOException {
        var first = over("first");
        var second = over("second");
        done(ask(first, Verb.BOOT));
        done(ask(second, Verb.BOOT));

        var writer = create("writer", Specs.disk("d", base.toString(), false));
        assertThat(refusal(ask(writer, Verb.BOOT))).contains(base + " is read by VM first");
        done(force(first, Verb.SHUTDOWN));
        assertThat(refusal(ask(writer, Verb.BOOT))).contains(base + " is read by VM second");
        done(force(second, Verb.SHUTDOWN));
        done(ask(writer, Verb.BOOT));
        assertThat(refusal(ask(first, Verb.BOOT))).contains(base + " is written by VM writer");
    }

    @Test
    void aLaterLifeOfTheHostKnowsWhatDisksStandOn() throws IOException {
        done(ask(over("first"), Verb.BOOT));
        var _ = create("writer", Specs.disk("d", base.toString(), false));
        var _ = room.restart();

        var writer = room.keepers().find(new VmId("writer")).orElseThrow();
        assertThat(refusal(ask(writer, Verb.BOOT))).contains(base + " is read by VM first");
    }

    @Test
    void anImageThatLeadsElsewhereByNowDoesNotBoot() throws IOException {
        var vm = over("first");
        Qcow2File.write(directory.resolve("first.qcow2"), "/etc/passwd", "raw");

        assertThat(refusal(ask(vm, Verb.BOOT)))
                .contains("config.storage[0].path", "backing file /etc/passwd");
    }
}
