package dev.vmcp.platform.sqlite;

import java.sql.SQLException;

/// What to do inside a transaction. Runs on the committer thread, so it does nothing but SQL; it
/// may run twice when another work of its group fails, so it changes nothing but the database.
@FunctionalInterface
public interface Work<T> {

    T in(Transaction transaction) throws SQLException;
}
