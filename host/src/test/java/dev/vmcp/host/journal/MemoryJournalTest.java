package dev.vmcp.host.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.platform.sqlite.StoreException;
import org.junit.jupiter.api.Test;

final class MemoryJournalTest extends JournalContract {
    private final MemoryJournal journal = new MemoryJournal();

    @Override
    Journal journal() {
        return journal;
    }

    @Test
    void itFailsWhenToldToAndKeepsNothingOfThat() {
        journal.fail(true);
        var refused = journal.put(Records.record("a", 1, Records.PLAIN, new Created()));

        assertThatThrownBy(refused::join).hasCauseInstanceOf(StoreException.class);
        assertThat(journal.load()).isEmpty();
    }
}
