package dev.vmcp.core.access;

import java.time.Instant;
import java.util.Optional;

/// A right that is given away, without the text that proves it.
///
/// @param id short, not secret, unique on its host
/// @param expires empty = never
public record Token(
        String id, String name, Scope scope, Instant created, Optional<Instant> expires) {

    public static final int LONGEST_NAME = 64;

    public boolean expired(Instant now) {
        return expires.filter(end -> !now.isBefore(end)).isPresent();
    }
}
