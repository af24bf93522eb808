package dev.vmcp.host.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.platform.sqlite.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What every journal promises.
abstract class JournalContract {

    /// The journal under test, with nothing in it.
    abstract Journal journal();

    @Test
    void aNewJournalIsEmptyAtRevisionZero() {
        assertThat(journal().load()).isEmpty();
        assertThat(journal().revision()).isZero();
    }

    @Test
    void everyFieldOfARecordComesBack() {
        var committed = journal().put(Records.record("a", 1, Records.FULL, new Created())).join();

        assertThat(journal().load()).containsExactly(committed);
        assertThat(committed.spec()).isEqualTo(Records.FULL);
    }

    @Test
    void everyPhaseComesBack() {
        var phases = Records.PHASES;
        for (int i = 0; i < phases.size(); i++) {
            journal().put(Records.record("vm-" + i, i, Records.PLAIN, phases.get(i))).join();
        }

        assertThat(journal().load()).extracting(VmRecord::phase).isEqualTo(phases);
    }

    @Test
    void eachCommitHasTheNextRevisionAndTheRecordCarriesIt() {
        var first = journal().put(Records.record("a", 1, Records.PLAIN, new Created())).join();
        var second = journal().put(Records.record("b", 2, Records.PLAIN, new Created())).join();
        var removal = journal().remove(first.id()).join();
        var third = journal().put(Records.record("b", 2, Records.PLAIN, new Stopped("x"))).join();

        assertThat(List.of(first.revision(), second.revision(), removal, third.revision()))
                .containsExactly(1L, 2L, 3L, 4L);
        assertThat(journal().revision()).isEqualTo(4);
        assertThat(journal().load()).containsExactly(third);
    }

    @Test
    void recordsComeBackOldestFirstThoughTheyWereChangedSince() {
        for (int i = 0; i < 5; i++) {
            journal().put(Records.record("vm-" + (9 - i), i, Records.PLAIN, new Created())).join();
        }
        journal().put(Records.record("vm-9", 0, Records.PLAIN, new Stopped("x"))).join();

        assertThat(journal().load())
                .extracting(record -> record.id().value())
                .containsExactly("vm-9", "vm-8", "vm-7", "vm-6", "vm-5");
    }

    @Test
    void anAdvanceChangesWhatHasBecomeOfTheVmAndNothingElse() {
        journal().put(Records.record("a", 1, Records.FULL, new Created())).join();
        var other = journal().put(Records.record("b", 2, Records.PLAIN, new Created())).join();
        var later = Records.record("a", 9, Records.PLAIN, new Stopped("x"));

        var committed = journal().advance(later).join();

        assertThat(committed.revision()).isEqualTo(3);
        var expected = Records.record("a", 1, Records.FULL, new Stopped("x"));
        assertThat(journal().load()).containsExactly(expected.withRevision(3), other);
    }

    @Test
    void anAdvanceOfAVmThatHasNoRecordFailsAndMakesNone() {
        var absent = Records.record("a", 1, Records.PLAIN, new Created());

        assertThatThrownBy(journal().advance(absent)::join)
                .hasCauseInstanceOf(StoreException.class);
        assertThat(journal().load()).isEmpty();
        assertThat(journal().revision()).isZero();
    }

    @Test
    void aRemovedRecordStaysRemovedAndItsNameCanBeUsedAgain() {
        journal().put(Records.record("a", 1, Records.PLAIN, new Created())).join();
        journal().remove(new VmId("a")).join();
        assertThat(journal().load()).isEmpty();

        var again = journal().put(Records.record("a", 1, Records.FULL, new Created())).join();

        assertThat(journal().load()).containsExactly(again);
    }

    @Test
    void removingWhatIsNotThereIsACommitToo() {
        assertThat(journal().remove(new VmId("absent")).join()).isEqualTo(1);
    }

    @Test
    void racingCommitsGetRevisionsWithoutGaps() throws Exception {
        var callers = new ArrayList<Thread>();
        var revisions = new ArrayList<CompletableFuture<Long>>();
        for (int i = 0; i < 16; i++) {
            var id = "vm-" + i;
            var slot = i;
            for (int n = 0; n < 40; n++) {
                var revision = new CompletableFuture<Long>();
                revisions.add(revision);
                callers.add(
                        Thread.startVirtualThread(() -> {
                            var record = Records.record(id, slot, Records.PLAIN, new Created());
                            revision.complete(journal().put(record).join().revision());
                        }));
            }
        }
        for (var caller : callers) {
            caller.join();
        }

        assertThat(revisions.stream().map(CompletableFuture::join).sorted())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 640).boxed().toList());
        assertThat(journal().revision()).isEqualTo(640);
    }

    @Test
    void aClosedJournalFailsItsCommits() {
        journal().close();

        var late = journal().put(Records.record("a", 1, Records.PLAIN, new Created()));

        assertThatThrownBy(late::join).hasCauseInstanceOf(StoreException.class);
    }
}
