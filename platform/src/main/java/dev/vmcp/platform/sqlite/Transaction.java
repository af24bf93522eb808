package dev.vmcp.platform.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/// The open transaction, as a [Work] sees it. Usable only on the committer thread, during the work.
public final class Transaction {
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Transaction(Connection connection) {
        this.connection = connection;
    }

    /// A prepared statement, kept for the next use of the same SQL: pass constants only, close its
    /// result sets, and leave the statement open.
    public PreparedStatement statement(String sql) throws SQLException {
        var known = statements.get(sql);
        if (known != null) {
            return known;
        }
        var prepared = connection.prepareStatement(sql);
        statements.put(sql, prepared);
        return prepared;
    }

    /// Forgets the prepared statements: the driver finalizes those that met a failure.
    void forget() {
        for (var statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                // It was finalized already, which is why it is being forgotten.
            }
        }
        statements.clear();
    }
}
