package dev.vmcp.platform.rpc.codec;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks a JSON tree beside its message type: drops fields that the type does not have, and finds
/// the field that a parser refused.
final class JsonFields {
    private static final String WELL_KNOWN = "google.protobuf.";
    private static final int BLAME_LIMIT = 64 * 1024;

    private final TypeRegistry registry;
    private final JsonFormat.Parser parser;

    JsonFields(TypeRegistry registry, JsonFormat.Parser parser) {
        this.registry = registry;
        this.parser = parser;
    }

    /// Whether a type has a JSON form of its own.
    static boolean wellKnown(Descriptor type) {
        return type.getFullName().startsWith(WELL_KNOWN);
    }

    void dropUnknown(JsonObject object, Descriptor type) {
        if (type.getFullName().equals("google.protobuf.Any")) {
            dropUnknownInAny(object);
            return;
        }
        if (wellKnown(type)) {
            return;
        }
        for (var name : List.copyOf(object.keySet())) {
            var field = field(type, name);
            if (field == null) {
                object.remove(name);
            } else if (field.getJavaType() == JavaType.MESSAGE) {
                dropUnknownIn(object.get(name), field);
            }
        }
    }

    private void dropUnknownInAny(JsonObject object) {
        var url = object.get("@type");
        if (url == null || !url.isJsonPrimitive()) {
            return;
        }
        var type = type(url.getAsString());
        if (type != null && !wellKnown(type)) {
            dropUnknown(object, type);
            object.add("@type", url);
        }
    }

    private void dropUnknownIn(JsonElement value, FieldDescriptor field) {
        if (field.isMapField()) {
            var of = field.getMessageType().findFieldByName("value");
            if (of != null && of.getJavaType() == JavaType.MESSAGE && value.isJsonObject()) {
                value.getAsJsonObject()
                        .asMap()
                        .values()
                        .forEach(v -> dropUnknownIn(v, of.getMessageType()));
            }
        } else if (field.isRepeated() && value.isJsonArray()) {
            value.getAsJsonArray().forEach(v -> dropUnknownIn(v, field.getMessageType()));
        } else {
            dropUnknownIn(value, field.getMessageType());
        }
    }

    private void dropUnknownIn(JsonElement value, Descriptor type) {
        if (value.isJsonObject()) {
            dropUnknown(value.getAsJsonObject(), type);
        }
    }

    /// The path of the first field that does not parse by itself, as `field a.b: `, or nothing.
    String blame(Message prototype, JsonObject object) {
        var path = object.toString().length() > BLAME_LIMIT ? "" : path(prototype, object);
        return path.isEmpty() ? "" : "field " + path + ": ";
    }

    private String path(Message prototype, JsonObject object) {
        var type = prototype.getDescriptorForType();
        if (wellKnown(type)) {
            return "";
        }
        for (var name : object.keySet()) {
            var field = field(type, name);
            if (field == null || parses(prototype, name, object.get(name))) {
                continue;
            }
            var value = object.get(name);
            if (field.getJavaType() != JavaType.MESSAGE
                    || field.isRepeated()
                    || !value.isJsonObject()) {
                return shown(name);
            }
            var inner = prototype.newBuilderForType().newBuilderForField(field).build();
            var rest = path(inner, value.getAsJsonObject());
            return rest.isEmpty() ? shown(name) : shown(name) + "." + rest;
        }
        return "";
    }

    private boolean parses(Message prototype, String name, JsonElement value) {
        var alone = new JsonObject();
        alone.add(name, value);
        try {
            parser.merge(alone.toString(), prototype.newBuilderForType());
            return true;
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            return false;
        }
    }

    private static String shown(String name) {
        return name.length() > 64 ? name.substring(0, 64) + "…" : name;
    }

    private @Nullable Descriptor type(String url) {
        return registry.find(url.substring(url.lastIndexOf('/') + 1));
    }

    private static @Nullable FieldDescriptor field(Descriptor type, String name) {
        var byName = type.findFieldByName(name);
        if (byName != null) {
            return byName;
        }
        for (var field : type.getFields()) {
            if (field.getJsonName().equals(name)) {
                return field;
            }
        }
        return null;
    }
}
