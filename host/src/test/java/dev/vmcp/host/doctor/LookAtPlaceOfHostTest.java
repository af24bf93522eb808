package dev.vmcp.host.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Transition;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.doctor.Finding.Level;
import dev.vmcp.host.journal.JournalFile;
import dev.vmcp.host.journal.SqliteJournal;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.platform.sqlite.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is looked at where a host keeps its state: its journal, certificate and caches.
final class LookAtPlaceOfHostTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final LaunchId LAUNCH = new LaunchId("l-0123456789abcdef01234567");

    @TempDir Path temp;
    private Path data;

    @BeforeEach
    void name() {
        data = temp.resolve("data");
    }

    @Test
    void aJournalOfThisReleaseCanBeTakenOver() {
        write("one", false);

        assertThat(takeover()).extracting(Finding::level).containsOnly(Level.GOOD);
        assertThat(new LookAtJournal(data).findings())
                .extracting(Finding::level)
                .containsExactly(Level.GOOD);
    }

    @Test
    void whereThereIsNoneNothingIsInTheWay() {
        assertThat(takeover()).extracting(Finding::level).containsExactly(Level.GOOD);
        assertThat(data).doesNotExist();
    }

    @Test
    void aJournalOfALaterReleaseCannot() throws SQLException {
        write("one", false);
        sql("PRAGMA user_version = " + (JournalFile.ownSchema() + 1));

        assertThat(takeover())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.BROKEN);
                    assertThat(finding.fact()).contains("written by a later release");
                });
    }

    @Test
    void aRecordThatThisReleaseCannotReadIsNamed() throws SQLException {
        write("one", false);
        sql("UPDATE vms SET phase = '{\"v\":2}'");

        assertThat(takeover())
                .last()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.BROKEN);
                    assertThat(finding.fact()).contains("VM one: phase: v: 2");
                });
        assertThat(new LookAtJournal(data).findings())
                .extracting(Finding::level)
                .containsExactly(Level.BROKEN);
    }

    @Test
    void anOlderJournalIsTriedOnACopyAndLeftAsItIs() throws SQLException {
        write("one", false);
        sql("ALTER TABLE vms DROP COLUMN pending");
        sql("PRAGMA user_version = " + (JournalFile.ownSchema() - 1));

        assertThat(takeover())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.LIMITED);
                    assertThat(finding.cure()).contains("vmcp backup");
                });
        assertThat(JournalFile.read(data.resolve("journal.db")).schema())
                .isEqualTo(JournalFile.ownSchema() - 1);
    }

    @Test
    void aStepUnderWayIsToldApart() {
        write("one", true);

        assertThat(takeover())
                .last()
                .satisfies(finding -> {
                    assertThat(finding.subject()).isEqualTo(LookAtTakeover.UNDER_WAY);
                    assertThat(finding.fact()).isEqualTo("boot of VM one");
                });
    }

    @Test
    void aCertificateIsJudgedByWhatIsLeftOfItsTime() throws Exception {
        var certificate = temp.resolve("cert.pem");
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=host", "-validity", "100");
        keytool("-exportcert", "-rfc", "-file", certificate.toString());
        var key = Files.writeString(temp.resolve("key.pem"), "key");
        var now = Instant.now();

        assertThat(level(certificate, key, now)).isEqualTo(Level.GOOD);
        assertThat(level(certificate, key, now.plus(Duration.ofDays(80)))).isEqualTo(Level.LIMITED);
        assertThat(level(certificate, key, now.plus(Duration.ofDays(101)))).isEqualTo(Level.BROKEN);
        assertThat(level(certificate, key, now.minus(Duration.ofDays(2)))).isEqualTo(Level.BROKEN);
        assertThat(level(key, key, now)).isEqualTo(Level.BROKEN);
        assertThat(level(certificate, temp.resolve("none"), now)).isEqualTo(Level.BROKEN);
    }

    @Test
    void cachesOfOtherJarsAreToldApart() throws Exception {
        var lib = Files.createDirectories(temp.resolve("home/lib"));
        var cache = Files.createDirectories(temp.resolve("home/cache"));
        var jar = Files.writeString(lib.resolve("a.jar"), "code");
        var look = new LookAtCaches(temp.resolve("home"));
        assertThat(look.findings()).extracting(Finding::level).containsExactly(Level.LIMITED);

        var sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        Files.writeString(cache.resolve("host.aot"), "cache");
        Files.writeString(
                cache.resolve("host.aot.contents"), HexFormat.of().formatHex(sum) + " *a.jar\n");
        assertThat(look.findings()).extracting(Finding::level).containsExactly(Level.GOOD);

        Files.writeString(jar, "other code");
        assertThat(look.findings()).extracting(Finding::level).containsExactly(Level.LIMITED);
    }

    private static Level level(Path certificate, Path key, Instant now) {
        var found = new LookAtCertificate(certificate, key, InstantSource.fixed(now)).findings();
        assertThat(found).hasSize(1);
        return found.getFirst().level();
    }

    private void keytool(String... words) throws Exception {
        var command =
                new java.util.ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/keytool")
                                        .toString()));
        command.addAll(List.of(words));
        command.addAll(
                List.of(
                        "-keystore",
                        temp.resolve("store").toString(),
                        "-storepass",
                        "secret-of-a-test"));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private List<Finding> takeover() {
        try (var loop = new EventLoop();
                var processes = new LinuxProcesses(loop)) {
            return new LookAtTakeover(data, Map.of(), processes).findings();
        }
    }

    private void write(String vm, boolean booting) {
        try (var directory = DataDirectory.open(data);
                var journal = SqliteJournal.open(directory)) {
            var record = VmRecord.created(new VmId(vm), spec(), "qemu", "", 0, NOW);
            var planned =
                    Transition.next(record.phase(), new Event.LaunchPlanned(LAUNCH)).orElseThrow();
            var _ = journal.put(booting ? record.with(planned, record.run(), NOW) : record).join();
        }
    }

    private static VmSpec spec() {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(512L << 20, false, 0, Map.of()),
                new VmSpec.Boot("/boot/vmlinux", "", "", Map.of()),
                List.of(),
                List.of(),
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    private void sql(String statement) throws SQLException {
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + data.resolve("journal.db"));
                var work = connection.createStatement()) {
            work.execute(statement);
        }
    }
}
