package dev.vmcp.core.access;

import java.util.Optional;

/// Who calls, as far as it is proven.
public sealed interface Caller {

    /// A process of this machine, which is trusted.
    record Local() implements Caller {}

    /// A user of this machine, as the kernel says of a unix socket, who may do everything.
    ///
    /// @param uid their number
    record User(int uid) implements Caller {}

    /// Somebody with a certificate that a root of ours signed.
    ///
    /// @param subject the distinguished name
    record Certified(String subject) implements Caller {}

    record Bearer(Token token) implements Caller {}

    /// Nobody known, and none has to be: the listener is open.
    record Anyone() implements Caller {}

    /// @param why what was wrong with what the caller showed, or that nothing was shown
    record Unknown(String why) implements Caller {}

    /// What the caller may do at most; empty = nothing.
    default Optional<Scope> scope() {
        return switch (this) {
            case Local _, User _, Certified _, Anyone _ -> Optional.of(Scope.ADMIN);
            case Bearer(var token) -> Optional.of(token.scope());
            case Unknown _ -> Optional.empty();
        };
    }

    /// For the audit log.
    default String words() {
        return switch (this) {
            case Local _ -> "local";
            case User(var uid) -> "user " + uid;
            case Certified(var subject) -> "certificate " + subject;
            case Bearer(var token) -> "token " + token.id() + " " + token.name();
            case Anyone _ -> "anyone";
            case Unknown _ -> "unknown";
        };
    }
}
