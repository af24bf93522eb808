package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.vmm.Json;
import java.util.Map;

/// One line that QEMU's monitor sends, as QEMU's QMP specification describes them.
sealed interface QmpMessage {

    record Greeting() implements QmpMessage {}

    /// `result` is empty where the command returns nothing or no object; `list` as well.
    record Return(long id, Object result) implements QmpMessage {}

    record Refusal(long id, String words) implements QmpMessage {}

    record Event(String name, Map<String, Object> data) implements QmpMessage {}

    /// Sorts what was read. What fits no form is an event without a name.
    static QmpMessage of(Map<String, Object> line) {
        if (line.containsKey("QMP")) {
            return new Greeting();
        }
        if (line.get("event") instanceof String name) {
            return new Event(name, Json.object(line.get("data")));
        }
        if (line.get("id") instanceof Long id) {
            if (line.containsKey("return")) {
                return new Return(id, line.getOrDefault("return", Map.of()));
            }
            if (line.containsKey("error")) {
                var words = Json.object(line.get("error")).get("desc");
                return new Refusal(id, words instanceof String text ? text : "no reason given");
            }
        }
        return new Event("", Map.of());
    }
}
