package dev.vmcp.platform.sqlite;

import java.util.List;

/// The SQL statements that lead from an empty database to the newest form, in order. A release only
/// appends to the list; a database remembers how many it has seen in `user_version`.
public record Schema(List<String> statements) {
    public Schema {
        statements = List.copyOf(statements);
    }

    public static Schema of(String... statements) {
        return new Schema(List.of(statements));
    }

    /// How many statements there are.
    public int version() {
        return statements.size();
    }
}
