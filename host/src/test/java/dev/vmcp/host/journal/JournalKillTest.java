package dev.vmcp.host.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.sqlite.DataDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of a process that commits: what it acknowledged is there, whatever it was doing.
final class JournalKillTest {
    private static final int ROUNDS = 4;

    @TempDir Path temp;

    /// What the writer said of each VM last: the revision of a put, or of a removal as a negative.
    private final Map<String, Long> acknowledged = new HashMap<>();

    /// VMs with a commit asked and not acknowledged when the writer died: it may be there or not.
    private final Set<String> open = new HashSet<>();

    private long lastRevision;

    @Test
    void everyAcknowledgedCommitSurvivesAKillAtARandomMoment() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("journal kill test: repeat with -Dseed=" + seed);
        var random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            var lines = random.nextInt(1, 4_000);
            var writer = start(random.nextLong(), Map.of());
            readUntilKilled(writer, lines);
            check("seed " + seed + ", round " + round);
        }
    }

    @Test
    void aKillBeforeTheCommitLosesOnlyWhatWasNotAcknowledged() throws Exception {
        dieAt("journal.before-commit:40");
    }

    @Test
    void aKillAfterTheCommitKeepsWhatNobodyWasToldOf() throws Exception {
        dieAt("journal.after-commit:40");
    }

    @Test
    void killedWritersLeaveOneLibraryInTheDataDirectoryAndNoneOutsideIt() throws Exception {
        dieAt("journal.before-commit:5");
        var begun = Files.createFile(temp.resolve("data/native/sqlite-0.so.part"));
        dieAt("journal.before-commit:5");

        assertThat(begun).doesNotExist();
        try (var outside = Files.list(temp.resolve("tmp"));
                var kept = Files.list(temp.resolve("data/native"))) {
            assertThat(outside).isEmpty();
            assertThat(kept).hasSize(1);
        }
    }

    private void dieAt(String point) throws Exception {
        var writer = start(1, Map.of("VMCP_CRASH_AT", point));
        readUntilKilled(writer, Integer.MAX_VALUE);
        assertThat(writer.exitValue()).isEqualTo(128 + 9);
        check(point);
    }

    private Process start(long seed, Map<String, String> environment) throws IOException {
        var builder =
                new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.io.tmpdir=" + Files.createDirectories(temp.resolve("tmp")),
                                "-cp",
                                System.getProperty("java.class.path"),
                                JournalWriter.class.getName(),
                                temp.resolve("data").toString(),
                                Long.toString(seed)));
        builder.environment().putAll(environment);
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /// Kills the writer after so many lines, then reads what it had said before it died.
    private void readUntilKilled(Process writer, int lines) throws Exception {
        try (var output =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), UTF_8))) {
            assertThat(output.readLine()).isEqualTo("ready");
            var read = 0;
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                note(line);
                if (++read == lines) {
                    writer.toHandle().destroyForcibly();
                }
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(30, SECONDS)).isTrue();
        }
    }

    private void note(String line) {
        var words = List.of(line.split(" ", -1));
        if (words.size() == 2 && words.getFirst().equals("ask")) {
            open.add(words.get(1));
        } else if (words.size() == 3 && line.matches("(put|removed) \\S+ \\d+")) {
            var revision = Long.parseLong(words.get(2));
            open.remove(words.get(1));
            acknowledged.put(words.get(1), words.getFirst().equals("put") ? revision : -revision);
            lastRevision = Math.max(lastRevision, revision);
        }
    }

    private void check(String when) {
        try (var directory = DataDirectory.open(temp.resolve("data"));
                var journal = SqliteJournal.open(directory)) {
            var found = new HashMap<String, Long>();
            journal.load().forEach(record -> found.put(record.id().value(), record.revision()));
            assertThat(journal.revision()).as(when).isGreaterThanOrEqualTo(lastRevision);
            acknowledged.forEach((vm, revision) -> checkOne(when, vm, revision, found));
            // What was open has been settled now, one way or the other.
            open.forEach(vm -> acknowledged.put(vm, found.getOrDefault(vm, -1L)));
            open.clear();
        }
    }

    private void checkOne(String when, String vm, long revision, Map<String, Long> found) {
        if (open.contains(vm)) {
            return;
        }
        if (revision > 0) {
            assertThat(found).as(when).containsEntry(vm, revision);
        } else {
            assertThat(found).as(when).doesNotContainKey(vm);
        }
    }
}
