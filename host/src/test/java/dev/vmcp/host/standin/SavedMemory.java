package dev.vmcp.host.standin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/// The memory of a stand-in's guest as a file: a page of program that never changes, and one with
/// the nonce. In that of a diff only pages that changed were ever written.
record SavedMemory(Path file) {

    private static final int SIZE = 1 << 20;
    private static final int PAGE = 4096;
    private static final int PROGRAM_AT = 16 * PAGE;
    private static final int NONCE_AT = 32 * PAGE;
    private static final String PROGRAM = "vmcp tiny guest.";

    void write(String nonce, boolean diff) throws IOException {
        try (var memory = new RandomAccessFile(file.toFile(), "rw")) {
            memory.setLength(SIZE);
            if (!diff) {
                memory.write(new byte[SIZE]);
                memory.seek(PROGRAM_AT);
                memory.write(PROGRAM.getBytes(ISO_8859_1));
            }
            memory.seek(NONCE_AT);
            memory.write(new byte[PAGE]);
            memory.seek(NONCE_AT);
            memory.write(nonce.getBytes(ISO_8859_1));
        }
    }

    /// @throws IOException when the guest would have no program to go on with
    String nonce() throws IOException {
        try (var memory = new RandomAccessFile(file.toFile(), "r")) {
            if (!text(memory, PROGRAM_AT).equals(PROGRAM)) {
                throw new IOException("the guest crashed: nothing is where its program was");
            }
            return text(memory, NONCE_AT);
        }
    }

    private static String text(RandomAccessFile memory, int at) throws IOException {
        var bytes = new byte[PROGRAM.length()];
        memory.seek(at);
        memory.readFully(bytes);
        return new String(bytes, ISO_8859_1);
    }
}
