package dev.vmcp.host.standin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The VMM's side of a serial port.
///
/// @param in the guest's input; where there is none, a stream that never says anything
record Port(InputStream in, OutputStream out) {

    static final InputStream NOTHING = InputStream.nullInputStream();

    /// The next key; negative when there will be no more.
    int key() throws IOException {
        return in.read();
    }

    void print(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }
}
