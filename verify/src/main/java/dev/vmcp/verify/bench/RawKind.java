package dev.vmcp.verify.bench;

import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Path;

/// How a kind of VMM is started raw.
interface RawKind {

    String IN = "serial.in";
    String OUT = "serial.out";

    /// Lays out what the VMM needs in a new directory of its own, where the FIFOs of [#IN] and
    /// [#OUT] are already, and says what to execute. The first output comes out of [#OUT].
    Spawn lay(Path place) throws IOException;

    /// Makes the guest of a VMM that was executed there run, where that takes more than the exec.
    default void begin(Path place) throws IOException {}

    /// Returns once the VMM says that its guest runs, where it can be asked.
    default void awaitGuest(Path place) throws IOException {}
}
