package dev.vmcp.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.List;

/// One field of a request that the host refused.
///
/// @param field its path in the request: `config.memory.size_bytes`
/// @param description what was wrong with the value and what was expected
public record FieldViolation(String field, String description) {
    static final String BAD_REQUEST = "google.rpc.BadRequest";

    /// Reads a `google.rpc.BadRequest` (field 1: violations, each with field 1 and description 2)
    /// without its generated class: that jar weighs more than all else a command line loads.
    static List<FieldViolation> of(ByteString badRequest) {
        var found = new ArrayList<FieldViolation>();
        try {
            var message = UnknownFieldSet.parseFrom(badRequest);
            for (var bytes : message.getField(1).getLengthDelimitedList()) {
                var violation = UnknownFieldSet.parseFrom(bytes);
                found.add(new FieldViolation(text(violation, 1), text(violation, 2)));
            }
        } catch (InvalidProtocolBufferException e) {
            return List.of();
        }
        return List.copyOf(found);
    }

    private static String text(UnknownFieldSet message, int number) {
        var values = message.getField(number).getLengthDelimitedList();
        return values.isEmpty() ? "" : values.getLast().toStringUtf8();
    }
}
