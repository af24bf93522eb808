package dev.vmcp.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;

/// The API's messages as JSON.
final class JsonText {
    private JsonText() {}

    /// On many lines, every field present, so that programs need not know the defaults.
    static String pretty(MessageOrBuilder message) {
        return print(JsonFormat.printer().alwaysPrintFieldsWithNoPresence(), message);
    }

    static String oneLine(MessageOrBuilder message) {
        return print(
                JsonFormat.printer()
                        .alwaysPrintFieldsWithNoPresence()
                        .omittingInsignificantWhitespace(),
                message);
    }

    private static String print(JsonFormat.Printer printer, MessageOrBuilder message) {
        try {
            return printer.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("message: no JSON (expected: one of the API's)", e);
        }
    }

    /// Takes names in snake_case and camelCase, and none that the message does not have.
    static void merge(String json, Message.Builder into) throws InvalidProtocolBufferException {
        JsonFormat.parser().merge(json, into);
    }
}
