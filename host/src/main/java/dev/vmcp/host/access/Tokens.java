package dev.vmcp.host.access;

import dev.vmcp.core.access.Caller;
import dev.vmcp.core.access.Scope;
import dev.vmcp.core.access.Token;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// The tokens of a host, kept in one file. Safe for use by many threads; looking one up never waits
/// for a change.
public final class Tokens {

    /// A new token and the only copy of its text.
    public record Made(Token token, String text) {}

    /// What is kept of a token.
    record Kept(Token token, String hash) {}

    /// More than any host needs, and few enough to be written as a whole at each change.
    public static final int MOST = 1000;

    private final TokenFile file;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile List<Kept> kept;

    private Tokens(TokenFile file, InstantSource clock, RandomGenerator random) {
        this.file = file;
        this.clock = clock;
        this.random = random;
        this.kept = file.read();
    }

    /// @throws java.io.UncheckedIOException when the file cannot be read
    public static Tokens open(Path path, InstantSource clock, RandomGenerator random) {
        return new Tokens(new TokenFile(path), clock, random);
    }

    /// All that were not revoked, oldest first.
    public List<Token> list() {
        return kept.stream().map(Kept::token).toList();
    }

    /// Makes a token; it is on disk when this returns.
    ///
    /// @param lifetime empty = for ever
    /// @return empty when there are [#MOST] already
    /// @throws java.io.UncheckedIOException when it cannot be written; there is no token then
    public Optional<Made> make(String name, Scope scope, Optional<Duration> lifetime) {
        var text = TokenText.random(random);
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var token = new Token(text.id(), name, scope, now, lifetime.map(now::plus));
        changing.lock();
        try {
            if (kept.size() >= MOST) {
                return Optional.empty();
            }
            var more = new ArrayList<>(kept);
            more.add(new Kept(token, text.hash()));
            file.write(more);
            kept = List.copyOf(more);
        } finally {
            changing.unlock();
        }
        return Optional.of(new Made(token, text.text()));
    }

    /// False when there is no such token.
    ///
    /// @throws java.io.UncheckedIOException when it cannot be written; the token is then as before
    public boolean revoke(String id) {
        changing.lock();
        try {
            var fewer = kept.stream().filter(one -> !one.token().id().equals(id)).toList();
            if (fewer.size() == kept.size()) {
                return false;
            }
            file.write(fewer);
            kept = fewer;
            return true;
        } finally {
            changing.unlock();
        }
    }

    /// Who shows this text. A token that is worth nothing is named by its id, for the audit log.
    Caller caller(String text) {
        var shown = TokenText.parse(text);
        var known =
                shown.flatMap(token ->
                        kept.stream()
                                .filter(one -> one.token().id().equals(token.id()))
                                .filter(one -> token.proves(one.hash()))
                                .findFirst());
        if (known.isEmpty()) {
            return new Caller.Unknown(
                    shown.map(token -> "the token " + token.id() + " is not known, or was revoked")
                            .orElse("what was shown is no token (expected: vmcp_<id>_<secret>)"));
        }
        var token = known.get().token();
        Instant now = clock.instant();
        return token.expired(now)
                ? new Caller.Unknown("the token " + token.id() + " has expired")
                : new Caller.Bearer(token);
    }
}
