package dev.vmcp.verify.crash;

import dev.vmcp.verify.harness.MainClass;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A main class of the crash test in a process of its own, which goes to a ground of its own where
/// it can.
record Trial(int status, String output) {

    static Trial of(Class<?> main, String... arguments) throws IOException, InterruptedException {
        var process = MainClass.process(main, arguments).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Trial(process.waitFor(), output);
    }
}
