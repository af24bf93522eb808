package dev.vmcp.host.driver.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventPipeTest {

    @TempDir Path directory;
    private final EventLoop loop = new EventLoop();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private Launch launch;
    private EventPipe pipe;

    @BeforeEach
    void open() {
        launch = new Launch(new LaunchId("l-%024x".formatted(1)), new VmId("vm"), directory, 0);
        EventPipe.lay(launch);
        pipe = EventPipe.open(launch, loop);
    }

    @AfterEach
    void close() {
        pipe.close();
        loop.close();
    }

    @Test
    void eventsAreToldInOrderHoweverTheyAreCut() throws Exception {
        follow();
        write(event("booting") + event("booted").substring(0, 20));
        Eventually.holds("the first", () -> told.size() == 1);
        write(event("booted").substring(20) + event("paused"));
        Eventually.holds("all", () -> told.size() == 3);
        assertThat(told).containsExactly("vm booting", "vm booted", "vm paused");
    }

    @Test
    void whatIsNoEventIsAGapAndHarmsNoOther() throws Exception {
        follow();
        write("{\"event\": \"cut o" + "\n\n" + event("booted"));
        Eventually.holds("both", () -> told.size() == 2);
        assertThat(told).containsExactly("gap", "vm booted");
    }

    @Test
    void whatNeverEndsIsNotKept() throws Exception {
        follow();
        for (var i = 0; i < 20; i++) {
            write("x".repeat(60_000));
            Eventually.holds("it is read", () -> pipeIsEmpty());
        }
        write("\n\n" + event("booted"));
        Eventually.holds("the next event", () -> told.contains("vm booted"));
    }

    @Test
    void whatWasWrittenBeforeIsSkipped() throws Exception {
        write(event("shutdown"));
        pipe.skip();
        follow();
        write(event("booted"));
        Eventually.holds("the later one", () -> !told.isEmpty());
        assertThat(told).containsExactly("vm booted");
    }

    private void follow() {
        pipe.follow(
                new EventPipe.Listener() {
                    @Override
                    public void event(String source, String name) {
                        told.add(source + " " + name);
                    }

                    @Override
                    public void gap() {
                        told.add("gap");
                    }
                });
    }

    private boolean pipeIsEmpty() throws IOException {
        var path = launch.directory().resolve(EventPipe.NAME);
        try (var in = Files.newInputStream(path)) {
            return in.available() == 0;
        }
    }

    private void write(String text) throws IOException {
        Files.writeString(
                launch.directory().resolve(EventPipe.NAME), text, StandardOpenOption.WRITE);
    }

    private static String event(String name) {
        return "{\n  \"timestamp\": {\n    \"secs\": 0,\n    \"nanos\": 1\n  },\n  \"source\": \"vm\",\n"
                + "  \"event\": \"%s\",\n  \"properties\": null\n}\n\n".formatted(name);
    }
}
