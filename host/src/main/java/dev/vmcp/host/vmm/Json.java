package dev.vmcp.host.vmm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON to and from a VMM that may lie: depth, names, texts and numbers of what is read are
/// bounded.
///
/// Objects become `Map`, arrays `List`, whole numbers `Long`, others and those that are too large
/// for it `Double`, texts `String`; a null is left out.
public final class Json {

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(32)
                                    .maxNumberLength(64)
                                    .maxNameLength(1024)
                                    .maxStringLength(64 * 1024)
                                    .build())
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build();

    /// What [#write] writes as null.
    public enum Nothing {
        NULL
    }

    private Json() {}

    /// @throws IOException when the bytes are no JSON object within the bounds
    public static Map<String, Object> read(byte[] bytes, int from, int length) throws IOException {
        try (var parser = FACTORY.createParser(bytes, from, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            return readObject(parser);
        }
    }

    /// As [#read], of a value of any kind but null.
    ///
    /// @throws IOException when the bytes are no such JSON within the bounds
    static Object readAny(byte[] bytes) throws IOException {
        try (var parser = FACTORY.createParser(bytes)) {
            var first = parser.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) {
                throw new IOException("no JSON value");
            }
            return readValue(parser);
        }
    }

    /// The text of a `Map`, `Iterable`, `String`, `Boolean`, whole number or [Nothing], and of
    /// nothing else. Members come in the order of the map.
    public static String write(Object value) {
        var text = new StringWriter();
        try (var generator = FACTORY.createGenerator(text)) {
            write(value, generator);
        } catch (IOException e) {
            throw new IllegalStateException("JSON: " + e + " (expected: text)", e);
        }
        return text.toString();
    }

    private static void write(Object value, JsonGenerator generator) throws IOException {
        switch (value) {
            case Map<?, ?> map -> {
                generator.writeStartObject();
                for (var member : map.entrySet()) {
                    generator.writeFieldName((String) member.getKey());
                    write(member.getValue(), generator);
                }
                generator.writeEndObject();
            }
            case Iterable<?> items -> {
                generator.writeStartArray();
                for (var item : items) {
                    write(item, generator);
                }
                generator.writeEndArray();
            }
            case String text -> generator.writeString(text);
            case Boolean flag -> generator.writeBoolean(flag);
            case Integer number -> generator.writeNumber(number);
            case Long number -> generator.writeNumber(number);
            case Nothing _ -> generator.writeNull();
            default ->
                    throw new IllegalStateException(
                            "JSON value: "
                                    + value.getClass()
                                    + " (expected: one that it can hold)");
        }
    }

    /// The value as an object; empty when it is none.
    @SuppressWarnings("unchecked") // made by readObject
    public static Map<String, Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /// The value as a list of objects; others in it are left out.
    public static List<Map<String, Object>> objects(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().filter(Map.class::isInstance).map(Json::object).toList()
                : List.of();
    }

    /// A whole number of an object; 0 when there is none.
    public static long number(Map<String, Object> object, String name) {
        return object.get(name) instanceof Long number ? number : 0;
    }

    private static Map<String, Object> readObject(JsonParser parser) throws IOException {
        var object = new HashMap<String, Object>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                object.put(name, readValue(parser));
            }
        }
        return object;
    }

    private static Object readValue(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> readObject(parser);
            case START_ARRAY -> readArray(parser);
            case VALUE_NUMBER_INT ->
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? (Object) parser.getDoubleValue()
                            : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> parser.getText();
        };
    }

    private static List<Object> readArray(JsonParser parser) throws IOException {
        var list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            list.add(readValue(parser));
        }
        return list;
    }
}
