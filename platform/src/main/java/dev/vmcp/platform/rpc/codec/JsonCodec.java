package dev.vmcp.platform.rpc.codec;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/// The JSON mapping of protobuf as connect-go has it: names in snake_case and lowerCamelCase are
/// read, unknown fields are ignored, defaults are not written. Stricter where silence would lie: an
/// unknown enum name, a duplicate name and anything after the object are refused.
public final class JsonCodec implements MessageCodec {
    private static final int USUAL_ANSWER = 1024;

    private final JsonFormat.Parser parser;
    private final JsonFormat.Printer printer;
    private final JsonFields fields;

    /// `types` are the messages that an `Any` may hold, with all that their files declare.
    public JsonCodec(Collection<Descriptor> types) {
        var registry = TypeRegistry.newBuilder().add(types).build();
        parser = JsonFormat.parser().usingTypeRegistry(registry);
        printer =
                JsonFormat.printer().usingTypeRegistry(registry).omittingInsignificantWhitespace();
        fields = new JsonFields(registry, parser);
    }

    @Override
    public String name() {
        return "json";
    }

    @Override
    public Message read(Message prototype, byte[] body) throws BadMessageException {
        JsonSyntax.check(body, !JsonFields.wellKnown(prototype.getDescriptorForType()));
        var text = text(body);
        try {
            return merge(prototype, text);
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            return readAgain(prototype, text);
        }
    }

    /// The slow way, taken when a field is unknown or wrong: drop the unknown, name the wrong.
    private Message readAgain(Message prototype, String text) throws BadMessageException {
        JsonElement root;
        try {
            root = JsonParser.parseString(text);
        } catch (RuntimeException e) {
            throw BadMessageException.malformed("body is not valid JSON: " + reason(e));
        }
        var tree = root.isJsonObject() ? root.getAsJsonObject() : new JsonObject();
        fields.dropUnknown(tree, prototype.getDescriptorForType());
        try {
            return merge(prototype, root.toString());
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            throw BadMessageException.malformed(fields.blame(prototype, tree) + reason(e));
        }
    }

    private Message merge(Message prototype, String text) throws InvalidProtocolBufferException {
        var builder = prototype.newBuilderForType();
        parser.merge(text, builder);
        return builder.build();
    }

    @Override
    public byte[] write(Message message) {
        try {
            // Sized once: growing it again and again is a tenth of the work of a small answer.
            var text = new StringBuilder(USUAL_ANSWER);
            printer.appendTo(message, text);
            return text.toString().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "message: an Any of an unknown type (expected: a type of the served files)", e);
        }
    }

    private static String text(byte[] body) throws BadMessageException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw BadMessageException.malformed("body is not valid JSON: not valid UTF-8");
        }
    }

    private static String reason(Exception e) {
        var text = e.getMessage();
        if (text == null) {
            return "not the expected value";
        }
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }
}
