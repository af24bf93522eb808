package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.DriverStage.Act;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every driver must keep, shown on a guest that listens.
public abstract class DriverContract {

    /// A call that a caller may make, by name.
    private static final Map<String, BiConsumer<Live, Deadline>> VERBS =
            Map.of(
                    "observe", Live::observe,
                    "pause", Live::pause,
                    "resume", Live::resume,
                    "power button", Live::powerButton,
                    "start again", Live::startAgain,
                    "reset", Live::reset,
                    "counters", Live::counters);

    private static final Duration SHORT = Duration.ofMillis(150);

    /// How much later than its deadline an answer may come on a busy machine.
    private static final Duration SLACK = Duration.ofSeconds(5);

    @TempDir Path directory;
    private DriverStage stage;
    private Driver driver;
    private final Heard heard = new Heard();

    protected abstract DriverStage stage(Path directory) throws Exception;

    @BeforeEach
    void setUp() throws Exception {
        stage = stage(directory);
        driver = stage.driver();
    }

    @AfterEach
    void clear() {
        stage.close();
    }

    @Test
    void aBootedGuestRuns() throws Exception {
        try (var live = boot(stage.launch())) {
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            assertThat(live.process().exit()).isEmpty();
        }
    }

    @Test
    void aPausedGuestStandsStillUntilItIsResumed() throws Exception {
        try (var live = boot(stage.launch())) {
            live.pause(soon());
            assertThat(live.observe(soon())).isEqualTo(GuestState.PAUSED);
            live.pause(soon());
            assertThat(live.observe(soon())).isEqualTo(GuestState.PAUSED);
            live.resume(soon());
            live.resume(soon());
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            assertThat(heard.words()).isEmpty();
        }
    }

    @Test
    void aGuestThatObeysThePowerButtonIsReportedAndStartsAgain() throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            stage.awaitUp(launch);
            live.powerButton(soon());
            heard.await("powered off");
            assertThat(live.observe(soon())).isEqualTo(GuestState.POWERED_OFF);
            live.startAgain(soon());
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            stage.awaitUp(launch);
            live.powerButton(soon());
            Eventually.holds("a second report", () -> heard.words().size() == 2);
            assertThat(heard.words()).containsOnly("powered off");
        }
    }

    @Test
    void aGuestThatRunsIsNotStartedAgain() throws Exception {
        try (var live = boot(stage.launch())) {
            assertThat(kind(() -> live.startAgain(soon()))).isEqualTo(Kind.REFUSED);
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
        }
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    void aResetGuestRunsWhateverItDidBefore(GuestState before) throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            bring(launch, live, before);
            var pid = live.process().id();
            live.reset(soon());
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            assertThat(live.process().id()).isEqualTo(pid);
            stage.awaitUp(launch);
            assertThat(heard.words()).doesNotContain("restarted", "lost");
        }
    }

    @Test
    void whatAGuestDoesByItselfIsReportedAsSuch() throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            stage.awaitUp(launch);
            stage.act(launch, Act.RESTART);
            heard.await("restarted");
            stage.awaitUp(launch);
            assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
            stage.act(launch, Act.CRASH);
            heard.await("crashed");
            assertThat(live.observe(soon())).isEqualTo(GuestState.CRASHED);
            assertThat(heard.words()).containsExactly("restarted", "crashed");
        }
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    void everyVerbSaysThatAKilledVmmIsGone(GuestState before) throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            bring(launch, live, before);
            live.process().kill();
            assertThat(live.process().await(soon())).isPresent();
            heard.await("lost");
            VERBS.forEach((name, verb) ->
                    assertThat(kind(() -> verb.accept(live, soon())))
                            .as(name)
                            .isEqualTo(Kind.GONE));
        }
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    void everyVerbAnswersByItsDeadlineWhileTheVmmIsFrozen(GuestState before) throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            bring(launch, live, before);
            stage.freeze(live.process());
            VERBS.forEach((name, verb) -> {
                var latest = Deadline.in(SHORT.plus(SLACK));
                assertThat(kind(() -> verb.accept(live, Deadline.in(SHORT))))
                        .as(name)
                        .isEqualTo(Kind.SILENT);
                assertThat(latest.passed()).as(name + " is late").isFalse();
            });
            stage.thaw(live.process());
            live.observe(soon());
            assertThat(heard.words()).doesNotContain("lost");
        }
    }

    @Test
    void closingEndsACallUnderWayAndLeavesTheProcess() throws Exception {
        var live = boot(stage.launch());
        stage.freeze(live.process());
        var call =
                CompletableFuture.supplyAsync(
                        () -> kind(() -> live.observe(soon())),
                        work -> Thread.ofVirtual().start(work));
        live.close();
        assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(Kind.GONE);
        assertThat(kind(() -> live.pause(soon()))).isEqualTo(Kind.GONE);
        assertThat(live.process().exit()).isEmpty();
        stage.thaw(live.process());
        assertThat(heard.words()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    void aVmmIsAdoptedAsItIs(GuestState before) throws Exception {
        var launch = stage.launch();
        var first = boot(launch);
        bring(launch, first, before);
        first.close();
        var process = stage.processes().adopt(first.process().id()).orElseThrow();
        var after = new Heard();
        try (process;
                var second = stage.driver().adopt(stage.spec(), launch, process, after, soon())) {
            assertThat(second.process().id()).isEqualTo(first.process().id());
            assertThat(second.observe(soon())).isEqualTo(before);
            second.reset(soon());
            stage.awaitUp(launch);
            stage.act(launch, Act.POWER_OFF);
            Eventually.holds("a report", () -> after.words().contains("powered off"));
        }
    }

    @Test
    void aVmmThatEndedIsNotAdopted() throws Exception {
        var launch = stage.launch();
        var live = boot(launch);
        var process = stage.processes().adopt(live.process().id()).orElseThrow();
        live.close();
        process.kill();
        assertThat(process.await(soon())).isPresent();
        assertThat(kind(() -> driver.adopt(stage.spec(), launch, process, heard, soon()).close()))
                .isEqualTo(Kind.GONE);
        process.close();
        assertThat(heard.words()).doesNotContain("powered off", "crashed");
    }

    @Test
    void aBootThatComesTooLateLeavesNoProcess() throws Exception {
        var launch = stage.launch();
        var prepared = driver.prepare(stage.spec(), launch);
        assertThat(kind(() -> prepared.boot(heard, Deadline.in(Duration.ZERO)).close()))
                .isEqualTo(Kind.SILENT);
        assertThat(stage.running()).isEmpty();
    }

    @Test
    void preparingStartsNothing() throws Exception {
        var launch = stage.launch();
        driver.prepare(stage.spec(), launch);
        assertThat(stage.running()).isEmpty();
    }

    @Test
    void aVmmIsFoundByItsLaunch() throws Exception {
        var launch = stage.launch();
        try (var live = boot(launch)) {
            assertThat(stage.running())
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.launch()).isEqualTo(launch.id());
                        assertThat(found.process()).isEqualTo(live.process().id());
                    });
        }
    }

    @Test
    void countersGrowWithTime() throws Exception {
        try (var live = boot(stage.launch())) {
            var first = live.counters(soon());
            assertThat(first.memoryBytes()).isPositive();
            Eventually.holds(
                    "a later time",
                    () -> live.counters(soon()).uptimeMillis() > first.uptimeMillis());
        }
    }

    @Test
    void aSpecThatIsFineHasNoViolations() {
        assertThat(driver.check(stage.spec())).isEqualTo(SpecCheck.FINE);
        assertThat(driver.probe()).isInstanceOf(Probe.Installed.class);
    }

    private Live boot(Launch launch) {
        return driver.prepare(stage.spec(), launch).boot(heard, soon());
    }

    private void bring(Launch launch, Live live, GuestState to) throws Exception {
        stage.awaitUp(launch);
        switch (to) {
            case RUNNING -> {}
            case PAUSED -> live.pause(soon());
            case POWERED_OFF -> {
                stage.act(launch, Act.POWER_OFF);
                heard.await("powered off");
            }
            case CRASHED -> {
                stage.act(launch, Act.CRASH);
                heard.await("crashed");
            }
        }
    }

    protected static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    protected static Kind kind(ThrowingCallable call) {
        var failure = catchThrowableOfType(DriverException.class, call);
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure.getMessage()).isNotBlank();
        return failure.kind();
    }
}
