package dev.vmcp.host.journal;

import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.platform.sqlite.DataDirectory;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// A process that commits until it is killed, and says on standard output what was acknowledged.
///
/// Lines: `ready`, then `ask <vm>` before and `put <vm> <revision>` or `removed <vm> <revision>`
/// after.
final class JournalWriter {
    private static final int CALLERS = 8;
    private static final int VMS_EACH = 20;

    private JournalWriter() {}

    public static void main(String[] args) throws InterruptedException {
        var directory = DataDirectory.open(Path.of(args[0]));
        var journal = SqliteJournal.open(directory);
        var random = new SplittableRandom(Long.parseLong(args[1]));
        journal.load();
        System.out.println("ready");
        Thread last = Thread.currentThread();
        for (int caller = 0; caller < CALLERS; caller++) {
            var first = caller * VMS_EACH;
            var own = random.split();
            last = Thread.startVirtualThread(() -> write(journal, first, own));
        }
        last.join();
    }

    private static void write(Journal journal, int first, SplittableRandom random) {
        while (true) {
            var slot = first + random.nextInt(VMS_EACH);
            var vm = "vm-" + slot;
            if (random.nextInt(4) == 0) {
                say("ask " + vm);
                say("removed " + vm + " " + journal.remove(new VmId(vm)).join());
            } else {
                say("ask " + vm);
                var phase = random.nextBoolean() ? new Created() : new Stopped("x");
                var record = Records.record(vm, slot, Records.FULL, phase);
                say("put " + vm + " " + journal.put(record).join().revision());
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
