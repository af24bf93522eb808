package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.core.access.Caller;
import dev.vmcp.core.access.Scope;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

    @TempDir private Path directory;
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("tokens");
    }

    @Test
    void aTokenSaysWhoShowsItAlsoAfterARestart() {
        var made = made(open(), "ci \"x\"", Scope.OPERATE, Optional.empty());

        for (var tokens : new Tokens[] {open(), open()}) {
            assertThat(tokens.caller(made.text())).isEqualTo(new Caller.Bearer(made.token()));
            assertThat(tokens.list()).containsExactly(made.token());
        }
    }

    @Test
    void neitherTheFileNorTheListHasItsText() throws Exception {
        var made = made(open(), "ci", Scope.READ, Optional.empty());
        var text = TokenText.parse(made.text()).orElseThrow();

        assertThat(Files.readString(file)).doesNotContain(text.secret()).contains(text.id());
        assertThat(text.toString()).doesNotContain(text.secret());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void anExpiredTokenIsWorthNothing() {
        var tokens = open();
        var made = made(tokens, "short", Scope.ADMIN, Optional.of(Duration.ofMinutes(1)));

        now.updateAndGet(time -> time.plusSeconds(59));
        assertThat(tokens.caller(made.text()).scope()).contains(Scope.ADMIN);
        now.updateAndGet(time -> time.plusSeconds(1));
        assertThat(tokens.caller(made.text()).scope()).isEmpty();
        assertThat(tokens.caller(made.text()).toString()).contains("expired");
    }

    @Test
    void aRevokedTokenIsWorthNothingAtOnceAndForEver() {
        var tokens = open();
        var gone = made(tokens, "gone", Scope.ADMIN, Optional.empty());
        var kept = made(tokens, "kept", Scope.READ, Optional.empty());

        assertThat(tokens.revoke(gone.token().id())).isTrue();
        assertThat(tokens.revoke(gone.token().id())).isFalse();
        assertThat(tokens.caller(gone.text()).scope()).isEmpty();
        assertThat(open().caller(gone.text()).scope()).isEmpty();
        assertThat(open().caller(gone.text()))
                .isEqualTo(
                        new Caller.Unknown(
                                "the token "
                                        + gone.token().id()
                                        + " is not known, or was revoked"));
        assertThat(open().caller(kept.text()).scope()).contains(Scope.READ);
    }

    @Test
    void aTokenWithOneOtherCharacterIsAnotherToken() {
        var tokens = open();
        var text = made(tokens, "a", Scope.ADMIN, Optional.empty()).text();

        for (int at = 0; at < text.length(); at++) {
            var other = text.charAt(at) == 'a' ? 'b' : 'a';
            var wrong = text.substring(0, at) + other + text.substring(at + 1);
            assertThat(tokens.caller(wrong).scope()).as(wrong).isEmpty();
        }
        assertThat(tokens.caller("").scope()).isEmpty();
        assertThat(tokens.caller(text + "a").scope()).isEmpty();
    }

    @Test
    void aFileThatIsNotOursIsNoEmptyList() throws Exception {
        Files.writeString(file, "{\"id\":\"a\"}\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("scope");
    }

    @Test
    void thereAreOnlySoMany() {
        var tokens = open();
        for (int i = 0; i < Tokens.MOST; i++) {
            made(tokens, "one of many", Scope.READ, Optional.empty());
        }
        assertThat(tokens.make("one more", Scope.READ, Optional.empty())).isEmpty();
        assertThat(tokens.revoke(tokens.list().getFirst().id())).isTrue();
        assertThat(tokens.make("one more", Scope.READ, Optional.empty())).isPresent();
    }

    private static Tokens.Made made(
            Tokens tokens, String name, Scope scope, Optional<Duration> lifetime) {
        return tokens.make(name, scope, lifetime).orElseThrow();
    }

    private Tokens open() {
        return Tokens.open(file, now::get, new Random(now.hashCode()));
    }
}
