package dev.vmcp.client;

import java.util.List;
import java.util.Map;

/// A JSON value, as far as the errors of the Connect protocol need it.
sealed interface Json {

    record Obj(Map<String, Json> members) implements Json {
        /// The text of a member; empty when it is absent or no text.
        String text(String name) {
            return members.get(name) instanceof Text(var value) ? value : "";
        }
    }

    record Arr(List<Json> items) implements Json {}

    record Text(String value) implements Json {}

    /// A number, a truth value or null, as written.
    record Word(String written) implements Json {}
}
