package dev.vmcp.host.access;

import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a message says that its call is about: ids, and what makes a change what it is. Never what
/// was typed into a console, and no text of a token.
final class Subjects {

    private static final List<String> FIELDS =
            List.of(
                    "vm_id",
                    "disk_id",
                    "nic_id",
                    "snapshot_id",
                    "token_id",
                    "backend",
                    "name",
                    "scope",
                    "lifetime_seconds",
                    "force",
                    "vcpu_count",
                    "memory_size_bytes",
                    "diff",
                    "logger",
                    "level");
    private static final Map<String, List<String>> PARTS =
            Map.of(
                    "disk", List.of("id", "path"),
                    "nic", List.of("id", "tap_device"),
                    "snapshot", List.of("snapshot_id"),
                    "token", List.of("token_id"));
    private static final int MOST_SHOWN = 256;

    private Subjects() {}

    static Map<String, String> of(Message message) {
        var all = new LinkedHashMap<String, String>();
        for (var field : FIELDS) {
            put(message, field, field, all);
        }
        PARTS.forEach((part, fields) -> {
            var field = message.getDescriptorForType().findFieldByName(part);
            if (field != null
                    && field.getJavaType() == JavaType.MESSAGE
                    && !field.isRepeated()
                    && message.hasField(field)) {
                var inner = (Message) message.getField(field);
                for (var name : fields) {
                    put(inner, name, name.endsWith("_id") ? name : part + "." + name, all);
                }
            }
        });
        return all;
    }

    private static void put(Message message, String name, String as, Map<String, String> into) {
        var field = message.getDescriptorForType().findFieldByName(name);
        if (field == null || field.isRepeated() || field.getJavaType() == JavaType.MESSAGE) {
            return;
        }
        var value = message.getField(field);
        if (!value.equals(field.getDefaultValue())) {
            var text = value.toString();
            into.put(as, text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text);
        }
    }
}
