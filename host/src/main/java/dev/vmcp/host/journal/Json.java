package dev.vmcp.host.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/// Reading and writing the journal's JSON: a field that is absent has its type's empty value, a
/// field that is unknown is passed over, a field of another type is a [MalformedException].
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /// Raised by a document that is newer than this release, and only then.
    private static final int VERSION = 1;

    /// A document does not say what the journal wrote there.
    static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode document() {
        return object().put("v", VERSION);
    }

    static JsonNode parse(String text) {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new MalformedException("not JSON: " + e.getOriginalMessage());
        }
        if (!node.isObject()) {
            throw new MalformedException(node.getNodeType() + " (expected: a JSON object)");
        }
        var version = integer(node, "v");
        if (version < 1 || version > VERSION) {
            throw new MalformedException("v: " + version + " (expected: 1 to " + VERSION + ")");
        }
        return node;
    }

    static <T> ArrayNode array(List<T> items, Function<T, JsonNode> form) {
        var array = JsonNodeFactory.instance.arrayNode();
        items.forEach(item -> array.add(form.apply(item)));
        return array;
    }

    /// Sorted, so that equal specs have equal text.
    static ObjectNode map(Map<String, String> entries) {
        var node = object();
        new TreeMap<>(entries).forEach(node::put);
        return node;
    }

    static JsonNode member(JsonNode node, String field) {
        var member = node.path(field);
        if (!member.isObject()) {
            throw wrong(node, field, "an object");
        }
        return member;
    }

    static String string(JsonNode node, String field) {
        var member = node.path(field);
        if (member.isMissingNode()) {
            return "";
        }
        if (!member.isTextual()) {
            throw wrong(node, field, "a string");
        }
        return member.textValue();
    }

    static long number(JsonNode node, String field) {
        var member = node.path(field);
        if (member.isMissingNode()) {
            return 0;
        }
        if (!member.canConvertToLong() || !member.isIntegralNumber()) {
            throw wrong(node, field, "a whole number");
        }
        return member.longValue();
    }

    static int integer(JsonNode node, String field) {
        var number = number(node, field);
        if (number != (int) number) {
            throw wrong(node, field, "a whole number of 32 bits");
        }
        return (int) number;
    }

    static boolean flag(JsonNode node, String field) {
        var member = node.path(field);
        if (!member.isMissingNode() && !member.isBoolean()) {
            throw wrong(node, field, "true or false");
        }
        return member.booleanValue();
    }

    static <T> List<T> list(JsonNode node, String field, Function<JsonNode, T> form) {
        var member = node.path(field);
        if (!member.isMissingNode() && !member.isArray()) {
            throw wrong(node, field, "a list");
        }
        return StreamSupport.stream(member.spliterator(), false).map(form).toList();
    }

    static Map<String, String> map(JsonNode node, String field) {
        var member = node.path(field);
        if (!member.isMissingNode() && !member.isObject()) {
            throw wrong(node, field, "an object");
        }
        var map = new TreeMap<String, String>();
        member.fieldNames().forEachRemaining(name -> map.put(name, string(member, name)));
        return map;
    }

    private static MalformedException wrong(JsonNode node, String field, String expected) {
        var type = node.path(field).getNodeType();
        return new MalformedException(field + ": " + type + " (expected: " + expected + ")");
    }
}
