package dev.vmcp.host.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vmcp.core.vm.Base;
import java.time.Instant;

/// What a diff stands on, as journal and snapshots spell it. Names here are for ever.
final class BaseJson {

    private BaseJson() {}

    static void fill(ObjectNode node, Base base) {
        if (!base.none()) {
            node.put("base", base.snapshot()).put("base_created", base.created().toString());
        }
    }

    static Base read(JsonNode node) {
        var snapshot = Json.string(node, "base");
        return snapshot.isEmpty()
                ? Base.NONE
                : new Base(snapshot, Instant.parse(Json.string(node, "base_created")));
    }
}
