package dev.vmcp.host.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.core.vm.Base;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.Phase.Stopping;
import dev.vmcp.core.vm.Run;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The texts here stand in databases of users: a test that has to change means a migration.
final class JournalJsonTest {

    static Iterable<Phase> phases() {
        return Records.PHASES;
    }

    @ParameterizedTest
    @MethodSource("phases")
    void aPhaseComesBackEqual(Phase phase) {
        assertThat(PhaseJson.read(PhaseJson.write(phase))).isEqualTo(phase);
    }

    @Test
    void aSpecComesBackEqual() {
        assertThat(SpecJson.read(SpecJson.write(Records.PLAIN))).isEqualTo(Records.PLAIN);
        assertThat(SpecJson.read(SpecJson.write(Records.FULL))).isEqualTo(Records.FULL);
    }

    @Test
    void thePhaseIsSpelledSo() {
        assertThat(PhaseJson.write(new Stopping(Records.LAUNCH, Records.PROCESS, true)))
                .isEqualTo(
                        "{\"v\":1,\"phase\":\"stopping\",\"launch\":\"l-0123456789abcdef01234567\","
                                + "\"process\":{\"pid\":4711,\"start_ticks\":9876543210,"
                                + "\"boot_id\":\"boot-1\"},\"restart\":true}");
    }

    @Test
    void theSpecIsSpelledSo() {
        assertThat(SpecJson.write(Records.PLAIN))
                .isEqualTo(
                        "{\"v\":1,\"cpu\":{\"count\":1,\"max\":0,\"features\":{}},"
                                + "\"memory\":{\"bytes\":536870912,\"hotplug\":false,\"max_bytes\":0,"
                                + "\"backing\":{}},\"boot\":{\"kernel\":\"/boot/vmlinux\","
                                + "\"initrd\":\"\",\"args\":\"\",\"options\":{}},\"disks\":[],"
                                + "\"nics\":[],\"console\":{\"enabled\":false,\"output\":\"\","
                                + "\"input\":\"\",\"type\":\"\"},\"metadata\":{}}");
    }

    @Test
    void aRunIsSpelledSoAndComesBackEqual() {
        var run = new Run(Instant.parse("2026-01-02T03:04:05Z"), 2, true);
        assertThat(RunJson.write(run))
                .isEqualTo(
                        "{\"v\":1,\"launched\":\"2026-01-02T03:04:05Z\",\"quick_ends\":2,"
                                + "\"restarting\":true}");
        assertThat(RunJson.read(RunJson.write(run))).isEqualTo(run);
        assertThat(RunJson.read("{\"v\":1}")).as("of an older release").isEqualTo(Run.NONE);
        assertThat(RunJson.write(Run.NONE)).isEqualTo("{\"v\":1}");
    }

    @Test
    void whatADiffWouldStandOnIsSpelledSoAndComesBackEqual() {
        var base = new Base("snap-1", Instant.parse("2026-01-02T03:04:05.000000006Z"));
        var run = Run.NONE.since(base);
        var text = RunJson.write(run);
        assertThat(text)
                .contains(
                        "\"base\":\"snap-1\",\"base_created\":\"2026-01-02T03:04:05.000000006Z\"");
        assertThat(RunJson.read(text)).isEqualTo(run);
    }

    static Iterable<Pending> pendings() {
        return List.of(
                Pending.none(),
                new Pending.Saving("snap", true),
                new Pending.Changing(new Change.Resize(2, 1L << 30)),
                new Pending.Changing(new Change.AttachDisk(Records.FULL.disks().getFirst())),
                new Pending.Changing(new Change.DetachDisk("d0")),
                new Pending.Changing(new Change.AttachNic(Records.FULL.nics().getFirst())),
                new Pending.Changing(new Change.DetachNic("eth0")));
    }

    @ParameterizedTest
    @MethodSource("pendings")
    void whatIsUnderWayComesBackEqual(Pending pending) {
        assertThat(PendingJson.read(PendingJson.write(pending))).isEqualTo(pending);
    }

    @Test
    void whatIsUnderWayIsSpelledSo() {
        assertThat(PendingJson.write(Pending.none())).isEqualTo("{\"v\":1}");
        assertThat(PendingJson.write(new Pending.Saving("s", true)))
                .isEqualTo("{\"v\":1,\"pending\":\"saving\",\"snapshot\":\"s\",\"resume\":true}");
        assertThat(PendingJson.write(new Pending.Changing(new Change.Resize(2, 5))))
                .isEqualTo("{\"v\":1,\"pending\":\"resize\",\"cpus\":2,\"memory\":5}");
        assertThat(PendingJson.write(new Pending.Changing(new Change.DetachNic("n"))))
                .isEqualTo("{\"v\":1,\"pending\":\"detach_nic\",\"id\":\"n\"}");
    }

    @Test
    void unknownFieldsArePassedOver() {
        assertThat(PhaseJson.read("{\"v\":1,\"phase\":\"stopped\",\"how\":\"x\",\"new\":[1]}"))
                .isEqualTo(new Stopped("x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{}",
                "{\"phase\":\"created\"}",
                "{\"v\":2,\"phase\":\"created\"}",
                "{\"v\":1}",
                "{\"v\":1,\"phase\":3}",
                "{\"v\":1,\"phase\":\"running\",\"launch\":\"l-0123456789abcdef01234567\"}",
                "{\"v\":1,\"phase\":\"stopped\",\"how\":7}",
                "{\"v\":1,\"phase\":\"deleting\",\"launches\":\"l-0123456789abcdef01234567\"}",
            })
    void whatTheJournalNeverWroteIsRefused(String text) {
        assertThatThrownBy(() -> PhaseJson.read(text))
                .isInstanceOf(Json.MalformedException.class)
                .message()
                .isNotBlank();
    }
}
