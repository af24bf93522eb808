package dev.vmcp.host.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Puts 32-bit x86 code and data together, with labels that may be used before they are placed.
///
/// It knows no instructions: callers give opcodes as bytes. Not safe for use by many threads.
final class Assembler {

    private record Reference(int at, String label, boolean relative) {}

    private final int origin;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<Reference> references = new ArrayList<>();

    /// @param origin the address at which the first byte will be loaded
    Assembler(int origin) {
        this.origin = origin;
    }

    Assembler label(String name) {
        if (labels.putIfAbsent(name, bytes.size()) != null) {
            throw new IllegalStateException("label: " + name + " (expected: placed once)");
        }
        return this;
    }

    Assembler emit(int... opcodes) {
        for (var opcode : opcodes) {
            bytes.write(opcode);
        }
        return this;
    }

    Assembler word(int value) {
        return emit(value, value >>> 8, value >>> 16, value >>> 24);
    }

    Assembler text(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    Assembler align(int to) {
        while (bytes.size() % to != 0) {
            bytes.write(0);
        }
        return this;
    }

    /// The address of a label, four bytes.
    Assembler address(String label) {
        return reference(label, false);
    }

    /// The way to a label from the end of these four bytes.
    Assembler distance(String label) {
        return reference(label, true);
    }

    int at(String label) {
        var offset = labels.get(label);
        if (offset == null) {
            throw new IllegalStateException("label: " + label + " (expected: placed)");
        }
        return origin + offset;
    }

    byte[] assemble() {
        var image = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        for (var reference : references) {
            var target = at(reference.label);
            var value = reference.relative ? target - (origin + reference.at + 4) : target;
            image.putInt(reference.at, value);
        }
        return image.array();
    }

    private Assembler reference(String label, boolean relative) {
        references.add(new Reference(bytes.size(), label, relative));
        return word(0);
    }
}
