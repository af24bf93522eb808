package dev.vmcp.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.RaceTable;
import dev.vmcp.core.vm.RaceTable.Answer;
import dev.vmcp.core.vm.RaceTable.Call;
import dev.vmcp.core.vm.RaceTable.Ending;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.driver.Script.Act;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two calls race on one VM: they end as the table in core allows, and no VM is ever stuck. The
/// seed of a failing run repeats its pairs, given as the system property `race.seed`.
class RacingCallsTest {

    private static final int PAIRS = 10_000;
    private static final List<Class<? extends Phase>> STARTS =
            List.of(
                    Phase.Created.class,
                    Phase.Running.class,
                    Phase.Paused.class,
                    Phase.Stopped.class,
                    Phase.Failed.class);
    private static final List<Call> CALLS =
            Arrays.stream(Verb.values())
                    .flatMap(verb -> Stream.of(new Call(verb, false), new Call(verb, true)))
                    .toList();

    @TempDir Path directory;

    @Test
    void tenThousandPairsEndAsTheTableAllows() throws Exception {
        long seed = Long.getLong("race.seed", System.nanoTime());
        var random = new Random(seed);
        var room = new KeeperRoom(directory, Ground.Limits.USUAL);
        var pairs = new ArrayList<>(allPairs());
        var seen = EnumSet.noneOf(Answer.class);
        for (int i = 0; i < PAIRS; i++) {
            if (i % pairs.size() == 0) {
                Collections.shuffle(pairs, random);
            }
            var pair = pairs.get(i % pairs.size());
            var ending = raced(room, random, "seed " + seed + ", pair " + i + ": " + pair, pair);
            seen.addAll(List.of(ending.a(), ending.b()));
        }
        assertThat(seen).as("steps that force ended were among them").contains(Answer.OVERTAKEN);
        room.isEmpty();
        assertThat(room.journal.load()).isEmpty();
        assertThat(room.keepers().count()).isZero();
    }

    private record Pair(Call a, Call b, Class<? extends Phase> start) {}

    private static List<Pair> allPairs() {
        return STARTS.stream()
                .flatMap(start ->
                        CALLS.stream().flatMap(a -> CALLS.stream().map(b -> new Pair(a, b, start))))
                .toList();
    }

    private static Ending raced(KeeperRoom room, Random random, String what, Pair pair)
            throws Exception {
        var id = "v" + random.nextInt(1 << 30);
        var vm = room.in(id, pair.start());
        var start = KeeperRoom.phase(vm);
        for (var act : Act.values()) {
            var _ = room.script(id).delay(act, Duration.ofNanos(random.nextInt(200_000)));
        }
        var barrier = new CyclicBarrier(2);
        var a = called(vm, pair.a(), barrier);
        var b = called(vm, pair.b(), barrier);
        var answers =
                List.of(answer(a.get(20, TimeUnit.SECONDS)), answer(b.get(20, TimeUnit.SECONDS)));
        var gone = room.keepers().find(vm.view().record().id()).isEmpty();
        var ending =
                new Ending(
                        answers.get(0),
                        answers.get(1),
                        gone ? RaceTable.GONE : KeeperRoom.phase(vm).word());
        assertThat(RaceTable.allows(pair.a(), pair.b(), start, ending))
                .as("%s in %s end in %s", what, start.word(), ending)
                .isTrue();
        room.leavesNothing(vm);
        assertThat(room.vmms.alive()).as(what).isEmpty();
        return ending;
    }

    private static CompletableFuture<Outcome<Reply>> called(
            VmKeeper vm, Call call, CyclicBarrier barrier) {
        var answer = new CompletableFuture<Outcome<Reply>>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        barrier.await(20, TimeUnit.SECONDS);
                        var ask = new Ask(call.verb(), call.force(), Duration.ofSeconds(10));
                        answer.complete(vm.ask(ask).get(20, TimeUnit.SECONDS));
                    } catch (Exception e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }

    private static Answer answer(Outcome<Reply> outcome) {
        return switch (KeeperRoom.code(outcome)) {
            case "OK" -> Answer.OK;
            case "WRONG_PHASE" -> Answer.FAILED_PRECONDITION;
            case "VM_NOT_FOUND" -> Answer.NOT_FOUND;
            case "OVERTAKEN" -> Answer.OVERTAKEN;
            default -> throw new AssertionError(outcome.toString());
        };
    }
}
