package dev.vmcp.host.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A host of its own JVM that starts one process, says which, and waits to be ended.
final class SleeperHost {

    private SleeperHost() {}

    public static void main(String[] args) throws InterruptedException {
        var directory = Path.of(args[0]);
        var process =
                new LinuxProcesses(new EventLoop())
                        .spawn(
                                new Spawn(
                                        List.of("/usr/bin/sleep", "300"),
                                        Map.of(),
                                        directory,
                                        directory.resolve("sleeper.log"),
                                        List.of()));
        var id = process.id();
        System.out.println(id.pid() + " " + id.startTicks() + " " + id.bootId());
        new CountDownLatch(1).await();
    }
}
