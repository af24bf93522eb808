package dev.vmcp.platform.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class StackTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Test
    void servicesStartInOrderAndStopInReverseOrder() throws Exception {
        var stack = new Stack(List.of(new Recorder("a"), new Recorder("b")), LONG);

        stack.start();
        assertThat(stack.stop()).isTrue();
        assertThat(stack.stop()).isTrue();

        assertThat(seen).containsExactly("start a", "start b", "stop b", "stop a");
    }

    @Test
    void aFailedStartStopsWhatWasStartedAndIsThrownOn() {
        var broken =
                new Recorder("b") {
                    @Override
                    public void start() {
                        throw new IllegalStateException("port taken");
                    }
                };
        var stack = new Stack(List.of(new Recorder("a"), broken, new Recorder("c")), LONG);

        assertThatThrownBy(stack::start).hasMessage("port taken");
        assertThat(seen).containsExactly("start a", "stop a");
    }

    @Test
    void aFailedStopIsReportedAndTheOthersStopAll() throws Exception {
        var broken =
                new Recorder("b") {
                    @Override
                    public void stop(Duration limit) {
                        throw new IllegalStateException("stuck");
                    }
                };
        var stack = new Stack(List.of(new Recorder("a"), broken), LONG);
        stack.start();

        assertThat(stack.stop()).isFalse();
        assertThat(seen).endsWith("stop a");
    }

    @Test
    void aServiceThatDoesNotStopIsLeftBehindInterrupted() throws Exception {
        var interrupted = new CountDownLatch(1);
        var stuck =
                new Recorder("b") {
                    @Override
                    public void stop(Duration limit) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                        }
                    }
                };
        var stack = new Stack(List.of(new Recorder("a"), stuck), Duration.ofMillis(10));
        stack.start();

        assertThat(stack.stop()).isFalse();
        interrupted.await();
        assertThat(seen).endsWith("stop a");
    }

    private class Recorder implements Service {
        private final String name;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() {
            seen.add("start " + name);
        }

        @Override
        public void stop(Duration limit) {
            seen.add("stop " + name);
        }
    }
}
