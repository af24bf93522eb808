package dev.vmcp.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.telemetry.Logs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KindsTest {

    @Test
    void durationsHaveAUnit() {
        var kind = Kinds.duration();

        assertThat(kind.parse("500ms")).contains(Duration.ofMillis(500));
        assertThat(kind.parse("10s")).contains(Duration.ofSeconds(10));
        assertThat(kind.parse("5m")).contains(Duration.ofMinutes(5));
        assertThat(kind.parse("1h")).contains(Duration.ofHours(1));
        refuses(kind, "10", "-1s", "1.5s", "1d", "s", "", "10 s", "9999999999s");
        var bounded = Kinds.duration(Duration.ofMillis(100), Duration.ofMinutes(1));
        assertThat(bounded.parse("100ms")).contains(Duration.ofMillis(100));
        assertThat(bounded.parse("60s")).contains(Duration.ofMinutes(1));
        refuses(bounded, "99ms", "61s", "10");
    }

    @Test
    void sizesArePlainOrHaveABinaryUnit() {
        var kind = Kinds.bytes(0, Long.MAX_VALUE);

        assertThat(kind.parse("536870912")).contains(536_870_912L);
        assertThat(kind.parse("512MiB")).contains(536_870_912L);
        assertThat(kind.parse("1KiB")).contains(1_024L);
        assertThat(kind.parse("2GiB")).contains(2L << 30);
        assertThat(kind.parse("3TiB")).contains(3L << 40);
        refuses(kind, "1MB", "1M", "-1", "1.5GiB", "", "GiB", "999999999999999999TiB");
        refuses(Kinds.bytes(10, 20), "9", "21");
    }

    @Test
    void numbersStayInTheirRange() {
        assertThat(Kinds.port().parse("0")).contains(0);
        assertThat(Kinds.port().parse("65535")).contains(65_535);
        refuses(Kinds.port(), "-1", "65536", "", "x", "80.0", "99999999999999999999");
        refuses(Kinds.whole(1, 9), "0", "10");
        assertThat(Kinds.ratio(0, 1).parse("0.25")).contains(0.25);
        refuses(Kinds.ratio(0, 1), "-0.1", "1.1", "NaN", "half", "");
    }

    @Test
    void booleansAreSpelledAsTheOriginalTookThem() {
        for (var yes : List.of("true", "TRUE", "t", "1")) {
            assertThat(Kinds.bool().parse(yes)).contains(true);
        }
        for (var no : List.of("false", "False", "f", "0")) {
            assertThat(Kinds.bool().parse(no)).contains(false);
        }
        refuses(Kinds.bool(), "yes", "on", "", "2");
    }

    @Test
    void pathsAreNotEmptyAndListsAreAbsolute() {
        assertThat(Kinds.path().parse("a/b")).contains(Path.of("a/b"));
        refuses(Kinds.path(), "", "a\0b");
        assertThat(Kinds.absolutePaths().parse("/a:/b/c"))
                .contains(List.of(Path.of("/a"), Path.of("/b/c")));
        refuses(Kinds.absolutePaths(), "", "a", "/a:", "/a:b", "/a::/b");
    }

    @Test
    void endpointsNameASocketOrAHostWithAPort() {
        assertThat(Kinds.unixEndpoint().parse("unix:///tmp/ch.sock"))
                .contains(Path.of("/tmp/ch.sock"));
        refuses(Kinds.unixEndpoint(), "/tmp/ch.sock", "unix://tmp/x", "unix:///", "http://a", "");
        assertThat(Kinds.hostAndPort().parse("localhost:4318")).contains("localhost:4318");
        assertThat(Kinds.hostAndPort().parse("https://otel.example/v1")).isPresent();
        refuses(Kinds.hostAndPort(), "localhost", "localhost:", ":4318", "a b:1", "", "h:1/x");
    }

    @Test
    void addressesAreNamesOrNumbers() {
        for (var good : List.of("0.0.0.0", "::1", "localhost", "node-1.example")) {
            assertThat(Kinds.host().parse(good)).contains(good);
        }
        refuses(Kinds.host(), "", "a b", "a/b", "http://a");
    }

    @Test
    void choicesAreWordsInLowerCase() {
        assertThat(Kinds.choice(Logs.Format.class).parse("json")).contains(Logs.Format.JSON);
        assertThat(Kinds.choice(Logs.Format.class).expected()).isEqualTo("one of auto, json, text");
        refuses(Kinds.choice(Logs.Format.class), "JSON", "", "xml");
    }

    @Test
    void nothingIsAValueOnlyWhereItIsAllowed() {
        var kind = Kinds.port().orNone();

        assertThat(kind.parse("")).contains(Optional.empty());
        assertThat(kind.parse("7")).contains(Optional.of(7));
        refuses(kind, "x");
    }

    private static void refuses(Kind<?> kind, String... texts) {
        for (var text : texts) {
            assertThat(kind.parse(text)).as(kind.name() + " of \"" + text + "\"").isEmpty();
        }
    }
}
